/** Most legs that one root group call may have, those that can't be rung included. */
export const MAX_LEGS = 100;

/** How deep saved groups, agents and phones with several contacts may be nested in the root. */
export const MAX_DEPTH = 5;

/**
 * What one plan has used up so far. Every destination of a group takes one leg before any of them is looked into, so that a
 * large one in front cannot leave the others with nothing.
 */
export class PlanBudget {
  readonly #seen = new Map<string, string>();
  #legs = 0;

  /** How many legs are left. */
  get left(): number {
    return MAX_LEGS - this.#legs;
  }

  /** Takes `count` legs; false, and none are taken, when there are fewer. */
  take(count: number): boolean {
    if (count > this.left) return false;
    this.#legs += count;
    return true;
  }

  /** Notes that `path` rings what `key` names. The path of the one that did so before, if there is one. */
  claim(key: string, path: string): string | undefined {
    const before = this.#seen.get(key);
    if (before === undefined) this.#seen.set(key, path);
    return before;
  }
}

/** Runs the changes of one thing one after another, so that none is made to what another is about to replace. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `change` when all that came before it for the same key have ended, however they ended. */
  async run<Result>(key: string, change: () => Promise<Result>): Promise<Result> {
    const turn = this.#after(this.#last.get(key), change);
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }

  async #after<Result>(before: Promise<unknown> | undefined, change: () => Promise<Result>): Promise<Result> {
    // Whoever asked for the one before is told of its failure.
    await before?.catch(() => undefined);
    return change();
  }
}

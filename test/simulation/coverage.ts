import type { Effect, GroupCallTree, Input } from '../../packages/engine/src/internal.ts';

/** Situations that a run of many seeds has to have met: a simulator that never gets there proves nothing about them. */
export const SITUATIONS = [
  'somebody answered',
  'somebody answered three levels down',
  'two answers in the same moment',
  'a late answer after a cancel',
  'the caller gave up in the moment of an answer, before it',
  'the caller gave up in the moment of an answer, after it',
  'the caller gave up before anything was placed',
  'the caller was refused',
  'early media was passed',
  'a redirection was followed',
  'another trunk was tried',
  'a ring timeout',
  'a total timeout of the root',
  'a total timeout of a nested group',
  'a talk timeout',
  'a hang-up while it rang',
  'a nested group was hung up',
  'the winner was hung up',
  'a deletion',
  'a code ended the group call',
  'the winner dropped and another took over',
  'an end 32 s after a cancel',
  'a bare root',
  'an ignored input',
] as const;

export type Situation = (typeof SITUATIONS)[number];

/** Counts, for one simulation, the situations it met. */
export class Coverage {
  readonly met = new Set<Situation>();
  #lastAnswerAt = -1;
  #goneAt = -1;
  #placed = false;
  readonly #cancelledAt = new Map<string, number>();

  /** Looks at one step. */
  take(
    before: GroupCallTree | undefined,
    input: Input | undefined,
    after: GroupCallTree,
    effects: readonly Effect[],
    now: number,
  ): void {
    if (after.plan.bare) this.met.add('a bare root');
    if (before !== undefined && after.ignored > before.ignored) {
      this.met.add('an ignored input');
      return;
    }
    if (before?.winner !== undefined && after.winner === undefined)
      this.met.add('the winner dropped and another took over');
    if (after.failedBy !== undefined) this.met.add('a code ended the group call');
    if (input !== undefined) this.#takeInput(input, before, now);
    for (const effect of effects) this.#takeEffect(effect, input, after, now);
  }

  #takeInput(input: Input, before: GroupCallTree | undefined, now: number): void {
    switch (input.type) {
      case 'leg-answered':
        if (this.#lastAnswerAt === now) this.met.add('two answers in the same moment');
        if (this.#goneAt === now) this.met.add('the caller gave up in the moment of an answer, before it');
        this.#lastAnswerAt = now;
        break;
      case 'caller-gone':
        this.#goneAt = now;
        if (this.#lastAnswerAt === now) this.met.add('the caller gave up in the moment of an answer, after it');
        if (!this.#placed) this.met.add('the caller gave up before anything was placed');
        break;
      case 'leg-ended':
        if (now - (this.#cancelledAt.get(input.callId) ?? now) >= 32_000) this.met.add('an end 32 s after a cancel');
        break;
      case 'hang-up':
        this.#takeHangUp(input.id, before);
        break;
      default:
    }
  }

  #takeHangUp(id: string, before: GroupCallTree | undefined): void {
    if (before === undefined) return;
    const group = before.groupIndex.get(id);
    const leg = before.legIndex.get(id);
    if (leg !== undefined && leg === before.winner) this.met.add('the winner was hung up');
    if (group !== undefined && group > 0 && before.groups[group]?.phase === 'progressing') {
      this.met.add('a nested group was hung up');
    }
    if (group === 0 && before.winner === undefined) this.met.add('a hang-up while it rang');
  }

  #takeEffect(effect: Effect, input: Input | undefined, { groups, legs, winner }: GroupCallTree, now: number): void {
    switch (effect.type) {
      case 'connect':
        this.met.add('somebody answered');
        if (winner !== undefined && legs[winner]!.path.split('.').length >= 3) {
          this.met.add('somebody answered three levels down');
        }
        break;
      case 'place':
        this.#placed = true;
        if (effect.leg.route.kind === 'uri') this.met.add('a redirection was followed');
        else if (effect.attempt > 1) this.met.add('another trunk was tried');
        break;
      case 'cancel':
        this.#cancelledAt.set(effect.callId, now);
        if (effect.reason === 'ring-timeout') this.met.add('a ring timeout');
        if (effect.reason === 'total-timeout') {
          this.met.add(
            groups[0]!.givenUp === undefined ? 'a total timeout of a nested group' : 'a total timeout of the root',
          );
        }
        break;
      case 'release':
        if (input?.type === 'leg-answered' && this.#cancelledAt.has(effect.callId))
          this.met.add('a late answer after a cancel');
        if (effect.reason === 'talk-timeout') this.met.add('a talk timeout');
        break;
      case 'publish':
        if (effect.event === 'groupcall_deleted') this.met.add('a deletion');
        break;
      case 'caller-reject':
        this.met.add('the caller was refused');
        break;
      case 'caller-progress':
        this.met.add('early media was passed');
        break;
      default:
    }
  }
}

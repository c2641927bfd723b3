import { onLegAnswered } from './answer.ts';
import { onCallerEnded, onCallerGone } from './caller.ts';
import { onDelete, onHangUp } from './hang-up.ts';
import type { Input } from './input.ts';
import { onLegEnded } from './leg-ended.ts';
import { onLegPlaced, onLegReleased, onLegRinging } from './leg-progress.ts';
import { onPrepared } from './place.ts';
import { onRedirectResolved } from './redirect.ts';
import { settle } from './settle.ts';
import { Step, type Transition } from './step.ts';
import { onTimer } from './timeouts.ts';
import type { GroupCallTree } from './tree.ts';

type LegReport = Extract<Input, { readonly attempt: number }>;

/**
 * One step of a whole group call: what has happened goes in, the next state and what is to be done come out. Pure and
 * deterministic. Total: an input that means nothing in this state changes nothing but the counter `ignored`, and is named
 * in the result. The state that is handed in stays as it is.
 *
 * A leg (the phases of tree.ts; all but the ends can be given up, which is what the arrows to the right show):
 *
 * ```
 *   planned ──turn──▶ delayed ──delay──▶                                        given up: skipped
 *      └──────────turn────────────▶ preparing ◀──────────────┐                  given up: ended
 *                                       │ prepared           │ next trunk,
 *                                       ▼                    │ target found
 *                    ┌── 3xx ─────── placed ── ended ──▶ (ended, or once more)
 *                    ▼                  │  └─ given up ─▶ canceling ── ended ──▶ ended
 *                resolving              │ 2xx, first           │ 2xx, late
 *              (given up: ended)        ▼ of the tree          ▼
 *                                   answered ─ given up ─▶ terminating ─ ended ─▶ ended
 *                                       └─────────────── ended ─────────────────▶ ended
 * ```
 *
 * A group: `planned` (`delayed`) → `progressing` → `hangup` when none of its destinations lives; by way of `hangingup` when it
 * is given up while some still do. One whose turn never comes is `skipped`.
 *
 * The caller: `waiting` → `connected` (somebody won) → `closing` → `ended`, or straight from `waiting` to `closing`.
 *
 * @param now ms since the epoch; never less than that of the step before.
 */
export function transition(state: GroupCallTree, input: Input, now: number): Transition {
  const step = new Step(state, now);
  if (state.finished) {
    step.ignore('the group call is finished');
    return step.end();
  }
  take(step, input);
  settle(step);
  return step.end();
}

function take(step: Step, input: Input): void {
  switch (input.type) {
    case 'prepared':
      onPrepared(step, input);
      break;
    case 'timer':
      onTimer(step, input);
      break;
    case 'hang-up':
      onHangUp(step, input);
      break;
    case 'delete':
      onDelete(step, input);
      break;
    case 'caller-gone':
      onCallerGone(step, input.end);
      break;
    case 'caller-ended':
      onCallerEnded(step, input.end);
      break;
    default:
      takeLegReport(step, input);
  }
}

/** Only the attempt that is under way is listened to. */
function takeLegReport(step: Step, input: LegReport): void {
  const index = step.tree.legIndex.get(input.callId);
  if (index === undefined) {
    step.ignore(`${input.type} of an unknown leg`);
    return;
  }
  if (step.leg(index).attempt !== input.attempt) {
    step.ignore(`${input.type} of attempt ${input.attempt}, which is over`);
    return;
  }
  switch (input.type) {
    case 'leg-placed':
      onLegPlaced(step, index, input);
      break;
    case 'leg-ringing':
      onLegRinging(step, index, input);
      break;
    case 'leg-answered':
      onLegAnswered(step, index);
      break;
    case 'leg-released':
      onLegReleased(step, index, input);
      break;
    case 'leg-ended':
      onLegEnded(step, index, input);
      break;
    case 'redirect-resolved':
      onRedirectResolved(step, index, input);
      break;
  }
}

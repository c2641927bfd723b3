import type { LegEnd, ReleaseReason } from '../ports/signaling-port.ts';
import { isAnswered, legAt } from './project.ts';
import type { GroupCallTree, GroupState, LegState } from './tree.ts';

/** For a leg that was given up before an answer, while it is still being cancelled. */
export function whyCanceling(tree: GroupCallTree, leg: LegState, reason: ReleaseReason): string {
  return reason === 'ring-timeout' ? noAnswerIn(leg) : `cancelled: ${cause(tree, reason)}`;
}

/** For a leg that was given up before an answer and has ended. `now` is in ms since the epoch. */
export function whyCancelled(tree: GroupCallTree, leg: LegState, reason: ReleaseReason, now: number): string {
  return reason === 'elsewhere' ? `cancelled: ${winnerBefore(tree, now, 'answered')}` : whyCanceling(tree, leg, reason);
}

/** For a destination that was never tried. */
export function whyNotDialled(tree: GroupCallTree, reason: ReleaseReason): string {
  return `not dialled: ${cause(tree, reason)}`;
}

/** For a leg whose 2xx came when it had been given up, or when another had won. */
export function whyTooLate(tree: GroupCallTree, leg: LegState, reason: ReleaseReason, now: number): string {
  if (reason === 'elsewhere') return `answered too late: ${winnerBefore(tree, now, 'had answered')}`;
  return `answered too late: ${reason === 'ring-timeout' ? noAnswerIn(leg) : cause(tree, reason)}`;
}

/** For a leg that ended by itself before an answer. */
export function whyEnded(end: LegEnd): string {
  switch (end.outcome) {
    case 'busy':
      return `busy: ${end.detail}`;
    case 'noanswer':
      return `no answer: ${end.detail}`;
    case 'normal':
      return `ended by the phone before an answer: ${end.detail}`;
    case 'redirected':
      return `failed: ${end.detail}, and redirections are not followed`;
    case 'failed':
    case 'cancelled':
      return `failed: ${end.detail}`;
  }
}

/** For a leg that a redirection ended. */
export function whyNotRedirected(detail: string): string {
  return `failed: redirected, but ${detail}`;
}

/** For the winner that we end, or have ended. */
export function whyReleased(tree: GroupCallTree, reason: ReleaseReason): string {
  return `answered, then ended: ${cause(tree, reason)}`;
}

/** For the winner whose call the other side ended. */
export function whyWinnerEnded(end: LegEnd): string {
  const who = end.by === 'remote' ? 'hung up by the phone' : 'ended';
  return end.outcome === 'failed' ? `answered, then lost: ${end.detail}` : `answered, then ${who}`;
}

/** For a leg that was given up and whose end signaling never reported. */
export function whyNeverReported(sentence: string, limitMs: number): string {
  return `${sentence} (its end was not reported within ${seconds(limitMs)})`;
}

/** For a nested group that has ended, as its leg record in the group around it shows. */
export function whyGroupEnded(tree: GroupCallTree, group: GroupState): string {
  if (isAnswered(group)) {
    return tree.winner === undefined ? 'answered' : `answered by leg ${legAt(tree, tree.winner).path}`;
  }
  if (group.givenUp !== undefined) return `cancelled: ${cause(tree, group.givenUp)}`;
  return 'nobody answered';
}

/** For the master call. */
export function whyCallerClosed(tree: GroupCallTree, reason: ReleaseReason | undefined): string {
  return reason === undefined ? 'nobody answered' : cause(tree, reason);
}

/** Why something is given up, in words that go behind a colon. */
function cause(tree: GroupCallTree, reason: ReleaseReason): string {
  switch (reason) {
    case 'elsewhere':
      return tree.winner === undefined ? 'another leg answered' : `leg ${legAt(tree, tree.winner).path} answered`;
    case 'caller-gone':
      return 'the caller gave up';
    case 'ring-timeout':
      return 'no answer in time';
    case 'total-timeout':
      return 'the total time of the group call was over';
    case 'talk-timeout':
      return `the longest talk time of ${seconds(tree.plan.options.talkTimeoutMs)} was reached`;
    case 'hang-up':
      return 'hung up on request';
    case 'normal':
      return tree.plan.winner === 'hang-up' ? 'nothing was to follow the answer' : 'the caller hung up';
    case 'failed':
      return tree.failedBy === undefined ? 'the server could not go on' : codeThatEnds(tree, tree.failedBy);
    case 'shutdown':
      return 'the server was shut down';
  }
}

function codeThatEnds(tree: GroupCallTree, index: number): string {
  const leg = legAt(tree, index);
  return `leg ${leg.path} was refused with ${leg.sipCode}, which ends the group call`;
}

function winnerBefore(tree: GroupCallTree, now: number, verb: string): string {
  if (tree.winner === undefined) return `another leg ${verb}`;
  const winner = legAt(tree, tree.winner);
  return `leg ${winner.path} ${verb} ${Math.round(now - (winner.tmAnswer ?? now))} ms earlier`;
}

function noAnswerIn(leg: LegState): string {
  return `no answer within ${seconds(leg.plan.ringTimeoutMs)}`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

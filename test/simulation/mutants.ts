/** A known bug: what to change in the source of the machine. */
export interface Mutant {
  /** What goes wrong, in words. */
  readonly name: string;
  /** File in `packages/engine/src`. */
  readonly file: string;
  /** Text that stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Bugs that a machine of this kind has had, here or in other products. Each has to be caught by the simulator: that is the
 * proof that its invariants bite.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a cancelled leg that answers wins a second time',
    file: 'group-call/answer.ts',
    find: "if (phase === 'placed' && step.tree.winner === undefined) win(step, index);",
    replace: "if (phase === 'placed' || phase === 'canceling') win(step, index);",
  },
  {
    name: 'the winner check is gone while the others still ring (rule 11)',
    file: 'group-call/answer.ts',
    find: "if (phase === 'placed' && step.tree.winner === undefined) win(step, index);",
    replace: "if (phase === 'placed') win(step, index);",
  },
  {
    name: 'a late answer is forgotten: a dead call',
    file: 'group-call/answer.ts',
    find: "else if (phase === 'placed' || phase === 'canceling') releaseLate(step, index);",
    replace: "else if (phase === 'canceling') return;",
  },
  {
    name: 'the losers ring on',
    file: 'group-call/answer.ts',
    find: 'else giveUpOthers(step);',
    replace: '',
  },
  {
    name: 'the root does not learn who answered in a nested group',
    file: 'group-call/answer.ts',
    find: 'if (index === own || index === 0) group.answerLeg = leg;',
    replace: 'if (index === own) group.answerLeg = leg;',
  },
  {
    name: 'an ancestor does not learn which nested group answered',
    file: 'group-call/answer.ts',
    find: 'group.answerGroup = nested;',
    replace: '',
  },
  {
    name: 'the total timer runs on after the answer',
    file: 'group-call/answer.ts',
    find: 'step.clearTimer(group, group.plan.id);',
    replace: '',
  },
  {
    name: 'the empty list of actions leaves the call up',
    file: 'group-call/answer.ts',
    find: "if (step.tree.plan.winner === 'hang-up') giveUpTree(step, 'normal');\n  else if",
    replace: 'if',
  },
  {
    name: 'phones are told "elsewhere" when the caller gave up',
    file: 'group-call/caller.ts',
    find: "giveUpTree(step, answered && end.kind === 'bye' ? 'normal' : 'caller-gone');",
    replace: "giveUpTree(step, answered && end.kind === 'bye' ? 'normal' : 'elsewhere');",
  },
  {
    name: 'the phones ring on when the caller gave up',
    file: 'group-call/caller.ts',
    find: "giveUpTree(step, answered && end.kind === 'bye' ? 'normal' : 'caller-gone');",
    replace: "if (answered) giveUpTree(step, 'normal');",
  },
  {
    name: 'the caller hears 180 from every leg',
    file: 'group-call/caller.ts',
    find: '} else if (!caller.rang) {',
    replace: '} else {',
  },
  {
    name: 'the caller is not told that it rings',
    file: 'group-call/caller.ts',
    find: "step.emit({ type: 'caller-ringing', caller: callerId });",
    replace: '',
  },
  {
    name: 'early media is passed while several legs ring',
    file: 'group-call/caller.ts',
    find: "({ phase }, at) => at === index || phase === 'planned'",
    replace: "({ phase }, at) => at === index || phase === 'placed' || phase === 'planned'",
  },
  {
    name: 'the caller is refused while a leg may still win',
    file: 'group-call/caller.ts',
    find: 'if (tree.legs.some((leg) => mayWin(leg.phase))) return;',
    replace: '',
  },
  {
    name: 'the caller is not released after the winner’s end',
    file: 'group-call/caller.ts',
    find: 'else releaseCaller(step);',
    replace: '',
  },
  {
    name: '408 beats busy',
    file: 'group-call/best-code.ts',
    find: 'rank(code) < rank(best)',
    replace: 'rank(code) > rank(best)',
  },
  {
    name: 'linear advances while the leg before is still being cancelled',
    file: 'group-call/settle.ts',
    find: "case 'ended':\n    case 'skipped':",
    replace: "case 'ended':\n    case 'canceling':\n    case 'skipped':",
  },
  {
    name: 'linear places everybody at once',
    file: 'strategy/linear.ts',
    find: "if (turn !== 'over') return turn === 'waiting' ? destination : undefined;",
    replace: "if (turn === 'waiting') return destination;",
  },
  {
    name: 'linear stops after its first destination',
    file: 'strategy/linear.ts',
    find: 'for (let destination = 0; destination < turns.count; destination++) {',
    replace: 'for (let destination = 0; destination < Math.min(1, turns.count); destination++) {',
  },
  {
    name: 'a group call is over while a leg is still being released',
    file: 'group-call/settle.ts',
    find: "case 'ended':\n    case 'skipped':",
    replace: "case 'ended':\n    case 'terminating':\n    case 'skipped':",
  },
  {
    name: 'groupcall_hangup is told twice',
    file: 'group-call/settle.ts',
    find: "step.publishGroup('groupcall_hangup', index);",
    replace: "step.publishGroup('groupcall_hangup', index);\n  step.publishGroup('groupcall_hangup', index);",
  },
  {
    name: 'groupcall_deleted is told before groupcall_hangup',
    file: 'group-call/hang-up.ts',
    find: "if (phase !== 'hangup') return;\n  group.tmDelete = step.now;",
    replace: 'group.tmDelete = step.now;',
  },
  {
    name: 'a nested group’s end never reaches the group around it',
    file: 'group-call/settle.ts',
    find: 'if (group.parent >= 0) step.unsettle(group.parent);',
    replace: '',
  },
  {
    name: 'the end of the winner ends nothing',
    file: 'group-call/settle.ts',
    find: "else if (step.group(0).givenUp === undefined) giveUpTree(step, givenUp ?? 'normal');",
    replace: 'else return;',
  },
  {
    name: 'a leg that ended is not looked at again by its group',
    file: 'group-call/end-leg.ts',
    find: "step.publishLeg('call_hangup', index);\n  step.unsettle(leg.group);",
    replace: "step.publishLeg('call_hangup', index);",
  },
  {
    name: 'a leg is cancelled again each time it is given up',
    file: 'group-call/end-leg.ts',
    find: "case 'placed':\n      cancelLeg(step, index, reason);",
    replace: "case 'placed':\n    case 'canceling':\n      cancelLeg(step, index, reason);",
  },
  {
    name: 'a late answer is always told "elsewhere"',
    file: 'group-call/end-leg.ts',
    find: "const reason = (leg.givenUp ??= 'elsewhere');",
    replace: "const reason = (leg.givenUp = 'elsewhere');",
  },
  {
    name: 'a leg whose INVITE waits for the disk is not called off',
    file: 'group-call/end-leg.ts',
    find: "case 'preparing':\n    case 'resolving':\n      dropLeg(step, index, reason);",
    replace: "case 'preparing':\n      break;\n    case 'resolving':\n      dropLeg(step, index, reason);",
  },
  {
    name: 'a leg whose redirection is being looked up is not called off',
    file: 'group-call/end-leg.ts',
    find: "case 'preparing':\n    case 'resolving':\n      dropLeg(step, index, reason);",
    replace: "case 'resolving':\n      break;\n    case 'preparing':\n      dropLeg(step, index, reason);",
  },
  {
    name: 'a pending linear destination is not called off',
    file: 'group-call/end-leg.ts',
    find: "case 'planned':\n    case 'delayed':\n      skipLeg(step, index, reason);",
    replace: "case 'planned':\n      break;\n    case 'delayed':\n      skipLeg(step, index, reason);",
  },
  {
    name: 'a delayed destination is not called off',
    file: 'group-call/end-leg.ts',
    find: "case 'planned':\n    case 'delayed':\n      skipLeg(step, index, reason);",
    replace: "case 'delayed':\n      break;\n    case 'planned':\n      skipLeg(step, index, reason);",
  },
  {
    name: 'the winner is not hung up when its call is given up',
    file: 'group-call/end-leg.ts',
    find: "case 'answered':\n      releaseWinner(step, index, reason);\n      break;",
    replace: "case 'answered':\n      break;",
  },
  {
    name: 'a phone that refused while it was being cancelled counts as busy',
    file: 'group-call/leg-ended.ts',
    find: "finishGivenUp(step, index, givenUp ?? 'normal');",
    replace: 'endUnanswered(step, index, end);',
  },
  {
    name: 'the next trunk is tried for a leg that was given up',
    file: 'group-call/leg-ended.ts',
    find: "case 'placed':\n      endUnanswered(step, index, end);\n      break;",
    replace: "case 'placed':\n    case 'canceling':\n      endUnanswered(step, index, end);\n      break;",
  },
  {
    name: 'a status goes back when the next trunk is tried',
    file: 'group-call/leg-ended.ts',
    find: "leg.phase = 'preparing';",
    replace: "leg.phase = 'preparing';\n  leg.status = 'dialing';",
  },
  {
    name: 'fail_on ends the group even when somebody talks',
    file: 'group-call/fail-on.ts',
    find: 'step.tree.winner !== undefined || ',
    replace: '',
  },
  {
    name: 'fail_on ends nothing',
    file: 'group-call/fail-on.ts',
    find: "giveUpTree(step, 'failed');",
    replace: '',
  },
  {
    name: 'a leg is placed before its record is durable',
    file: 'group-call/place.ts',
    find: "leg.phase === 'preparing' && leg.batch <= batch",
    replace: "leg.phase === 'preparing'",
  },
  {
    name: 'a leg that was called off is placed all the same',
    file: 'group-call/place.ts',
    find: "if (leg.phase === 'preparing' && leg.batch <= batch)",
    replace:
      "if ((leg.phase === 'preparing' || (leg.phase === 'ended' && leg.tmDial === undefined)) && leg.batch <= batch)",
  },
  {
    name: 'a leg has no ring timeout',
    file: 'group-call/place.ts',
    find: "step.setTimer(leg, leg.plan.callId, 'ring', leg.plan.ringTimeoutMs);",
    replace: '',
  },
  {
    name: 'the ring timeout begins anew with every trunk',
    file: 'group-call/place.ts',
    find: 'if (leg.tmDial === undefined) {',
    replace: '{',
  },
  {
    name: 'there is no total time',
    file: 'group-call/begin.ts',
    find: "if (limitMs !== undefined) step.setTimer(group, group.plan.id, 'total', limitMs);",
    replace: '',
  },
  {
    name: 'a leg that can’t be placed never ends',
    file: 'group-call/begin.ts',
    find: "finishLeg(step, index, { by: 'local', reason: 'failed', why });",
    replace: '',
  },
  {
    name: 'a redirection goes in circles',
    file: 'group-call/redirect.ts',
    find: '!isInTree(step.tree, routeKey(one))',
    replace: 'routeKey(one) !== isInTree.name',
  },
  {
    name: 'redirections are followed without end',
    file: 'group-call/redirect.ts',
    find: 'const MAX_REDIRECTS = 5;',
    replace: 'const MAX_REDIRECTS = 500;',
  },
  {
    name: 'the report of an attempt that is over is believed',
    file: 'group-call/transition.ts',
    find: 'if (step.leg(index).attempt !== input.attempt) {',
    replace: 'if (step.leg(index).attempt < input.attempt) {',
  },
  {
    name: 'a timer that was stopped is believed',
    file: 'group-call/timeouts.ts',
    find: 'step.leg(leg).timer === name',
    replace: "(name === 'ring' || step.leg(leg).timer === name)",
  },
  {
    name: 'a hang-up of a nested group hangs up only its own legs',
    file: 'group-call/end-group.ts',
    find: 'else giveUpGroup(step, member.index, reason);',
    replace: '',
  },
  {
    name: 'live legs are counted as those that were ever tried',
    file: 'group-call/project.ts',
    find: 'if (isLive(leg.phase)) record.callCount++;',
    replace: 'if (isTried(leg.phase)) record.callCount++;',
  },
  {
    name: 'nested groups are counted among the legs',
    file: 'group-call/project.ts',
    find: 'if (isGroupLive(nested.phase)) record.groupcallCount++;',
    replace: 'if (isGroupLive(nested.phase)) record.callCount++;',
  },
  {
    name: 'a group that rang is told so by its first leg only when that is its own',
    file: 'group-call/leg-progress.ts',
    find: 'if (step.group(at).tmRinging !== undefined) break;',
    replace: 'if (at !== leg.group || step.group(at).tmRinging !== undefined) break;',
  },
  {
    name: 'a change of a nested group is not written with the group around it',
    file: 'group-call/step.ts',
    find: 'if (group.parent >= 0) this.editGroup(group.parent);',
    replace: '',
  },
  {
    name: 'a leg’s change is not written',
    file: 'group-call/step.ts',
    find: 'this.#changedLegs.push(index);',
    replace: 'if (index === 0) this.#changedLegs.push(index);',
  },
  {
    name: 'an ignored input is not counted',
    file: 'group-call/step.ts',
    find: 'this.tree.ignored += 1;',
    replace: '',
  },
  {
    name: 'the window of rule 11 never closes',
    file: 'group-call/timeouts.ts',
    find: 'giveUpOthers(step);',
    replace: '',
  },
  {
    name: 'a winner that we hung up ourselves is replaced',
    file: 'group-call/resume.ts',
    find: "winner !== undefined && legs[winner]?.phase === 'ended' &&",
    replace: 'winner !== undefined &&',
  },
  {
    name: 'nobody takes over from a winner who drops within the window',
    file: 'group-call/settle.ts',
    find: 'if (canResume(step)) resume(step);\n  else if',
    replace: 'if',
  },
  {
    name: 'a leg whose redirection may not be rung is forgotten',
    file: 'group-call/redirect.ts',
    find: "finishUnanswered(step, index, { by: 'local', reason: 'failed', why });",
    replace: '',
  },
  {
    name: 'a leg is never made durable',
    file: 'group-call/begin.ts',
    find: 'leg.batch = step.prepare();',
    replace: '',
  },
  {
    name: 'a delayed leg has no timer',
    file: 'group-call/begin.ts',
    find: "step.setTimer(leg, leg.plan.callId, 'delay', delayMs);",
    replace: '',
  },
];

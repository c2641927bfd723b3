import type { CallId, IncomingCall, PlaceLeg, ReleaseReason, SignalingPort } from '@groupcall/engine';
import type { Clock } from '@groupcall/kernel';
import { testAddress, testCustomerId, testUuid } from './records.ts';
import { ScriptedCaller } from './scripted-caller.ts';
import { type PhoneScript, ScriptedLeg } from './scripted-leg.ts';

/** Phones that do what a test says. Orders are kept as they came; reports come when the clock moves. */
export class ScriptedSignaling implements SignalingPort {
  /** Every INVITE, in order. */
  readonly legs: ScriptedLeg[] = [];
  /** Every order, in words: `place sip:a@phone`, `cancel sip:a@phone elsewhere`. */
  readonly orders: string[] = [];

  readonly #clock: Clock;
  readonly #scripts = new Map<string, PhoneScript>();
  readonly #latest = new Map<CallId, ScriptedLeg>();
  readonly #callers = new Map<CallId, ScriptedCaller>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the phone at this URI, number or (for one of several trunks) trunk id does on every INVITE from now on. */
  script(target: string, script: PhoneScript): void {
    this.#scripts.set(target, script);
  }

  /** The newest INVITE to that target. Throws when there was none. */
  leg(target: string): ScriptedLeg {
    const leg = this.legs.findLast((one) => one.target === target);
    if (leg === undefined) throw new Error(`no INVITE to ${target}; there were: ${this.orders.join(', ')}`);
    return leg;
  }

  /** An incoming call, from the extension `test10` unless it says otherwise. */
  incoming(call: Partial<Omit<IncomingCall, 'attach'>> & Pick<IncomingCall, 'dialled'>): ScriptedCaller {
    const n = this.#callers.size + 1;
    const caller = new ScriptedCaller(this.#clock, {
      callId: testUuid(0x1c, n) as CallId,
      sipCallId: `caller-${n}@phones`,
      customerId: testCustomerId(),
      source: testAddress({ type: 'extension', target: 'test10' }),
      dialledDomain: 'test',
      from: 'extension',
      ...call,
    });
    this.#callers.set(caller.call.callId, caller);
    return caller;
  }

  place(order: PlaceLeg): void {
    const { route } = order;
    const target = route.kind === 'trunk' ? route.number : route.uri;
    const script = (route.kind === 'trunk' ? this.#scripts.get(route.trunkId) : undefined) ?? this.#scripts.get(target);
    const leg = new ScriptedLeg(order, this.#clock, this.legs.length + 1, script);
    this.legs.push(leg);
    this.#latest.set(order.callId, leg);
    this.orders.push(`place ${target}`);
  }

  cancel(callId: CallId, reason: ReleaseReason): void {
    const leg = this.#latest.get(callId);
    this.orders.push(`cancel ${leg?.target ?? callId} ${reason}`);
    leg?.cancel(reason);
  }

  release(callId: CallId, reason: ReleaseReason): void {
    const leg = this.#latest.get(callId);
    this.orders.push(`release ${leg?.target ?? callId} ${reason}`);
    leg?.release(reason);
  }

  connect(callId: CallId, caller: CallId | undefined): void {
    const leg = this.#latest.get(callId);
    this.orders.push(`connect ${leg?.target ?? callId}`);
    if (leg !== undefined) leg.connected = true;
    const scripted = caller === undefined ? undefined : this.#callers.get(caller);
    if (scripted !== undefined) scripted.connectedTo = callId;
  }

  callerRinging(caller: CallId): void {
    this.orders.push('caller ringing');
    this.#callers.get(caller)?.progress.push('180');
  }

  callerProgress(caller: CallId, from: CallId): void {
    this.orders.push('caller progress');
    this.#callers.get(caller)?.progress.push(`183 ${from}`);
  }

  callerReject(caller: CallId, sipCode: number): void {
    this.orders.push(`caller reject ${sipCode}`);
    this.#callers.get(caller)?.reject(sipCode);
  }

  callerRelease(caller: CallId, reason: ReleaseReason): void {
    this.orders.push(`caller release ${reason}`);
    this.#callers.get(caller)?.release(reason);
  }
}

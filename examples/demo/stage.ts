import type { Phone, PhoneEvent } from './phone.ts';
import type { GroupCall, Server } from './server.ts';

/** Longest wait for a record to show what was done. */
const RECORD_TIMEOUT_MS = 15_000;

/** Tells the audience what happens, and keeps the score. */
export class Stage {
  readonly server: Server;
  readonly phones = new Map<string, Phone>();
  #startedAt = performance.now();
  #failures = 0;

  constructor(server: Server) {
    this.server = server;
  }

  get failures(): number {
    return this.#failures;
  }

  phone(name: string): Phone {
    const phone = this.phones.get(name);
    if (phone === undefined) throw new Error(`there is no phone ${name}`);
    return phone;
  }

  /** A new scene with its own clock. */
  scene(title: string): void {
    for (const phone of this.phones.values()) phone.forget();
    this.#startedAt = performance.now();
    console.log(`\n■ ${title}`);
  }

  say(who: string, what: string): void {
    const ms = String(Math.round(performance.now() - this.#startedAt)).padStart(6);
    console.log(`${ms} ms  ${who.padEnd(7)} ${what}`);
  }

  /** One thing that must hold; the demo leaves with 0 only if all did. */
  check(what: string, holds: boolean): void {
    if (!holds) this.#failures++;
    console.log(`           ${holds ? '✔' : '✘ NOT TRUE:'} ${what}`);
  }

  /** Puts what a phone does into words. */
  onPhone(phone: Phone, event: PhoneEvent): void {
    const words = inWords(event);
    if (words !== undefined) this.say(phone.name, words);
  }

  /** Asks for the record until it is as wanted. */
  async record(id: string, wanted: (groupCall: GroupCall) => boolean): Promise<GroupCall> {
    const deadline = performance.now() + RECORD_TIMEOUT_MS;
    for (;;) {
      const groupCall = await this.server.call<GroupCall>('GET', `/groupcalls/${id}`);
      if (wanted(groupCall) || performance.now() > deadline) return groupCall;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Shows the final record, a line a phone. */
  show(groupCall: GroupCall): void {
    this.say('record', `group call ${groupCall.id}: ${groupCall.status}`);
    groupCall.legs.forEach((leg, index) => {
      const won = leg.call_id === groupCall.answer_call_id ? ' ← winner' : '';
      const code = leg.sip_code === 0 ? '' : ` (${leg.sip_code})`;
      console.log(`           leg ${index + 1}: ${leg.hangup_reason || leg.status}${code}, ${leg.why}${won}`);
      if (leg.reason_sent !== '') console.log(`                  told: Reason: ${leg.reason_sent}`);
    });
  }
}

function inWords(event: PhoneEvent): string | undefined {
  switch (event.event) {
    case 'registered':
      return 'registered with digest';
    case 'calling':
      return `calls ${String(event['to'])}`;
    case 'ringing':
      return event['direction'] === 'in' ? '☎ rings' : 'hears it ring';
    case 'cancelled':
      return `stops ringing: ${event['answeredElsewhere'] === true ? '"Call completed elsewhere"' : 'the caller gave up'}`;
    case 'answered':
      return event['direction'] === 'in' ? 'picks up' : 'is connected';
    case 'rtp':
      return `talks: ${String(event['sent'])} RTP packets sent, ${String(event['received'])} received`;
    case 'ended':
      return `ended: ${String(event['reason'])}; missed calls on the display: ${String(event['missedCalls'])}`;
    case 'error':
      return `error: ${String(event['message'])}`;
    default:
      return undefined;
  }
}

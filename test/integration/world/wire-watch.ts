import assert from 'node:assert/strict';
import { parseMessage, SipRequest } from '@groupcall/sip';
import type { DatagramInFlight } from '@groupcall/testkit';
import type { CalledPhone, CalledPhoneCall } from './called-phone.ts';
import { type GroupCallWorld, SERVER } from './group-call-world.ts';

const BYE = Buffer.from('BYE ');

/**
 * Watches who talks, on the wire and at every moment. A phone talks from its ACK until the server's BYE leaves, or its own:
 * one whose 200 came too late is acknowledged and hung up in one go, and its BYE may need several attempts.
 */
export class WireWatch {
  /** Call-IDs of all that ever talked. */
  readonly talked = new Set<string>();
  readonly #world: GroupCallWorld;
  readonly #hungUp = new Set<string>();

  constructor(world: GroupCallWorld) {
    this.#world = world;
    world.network.filter = (datagram) => {
      this.#onSent(datagram);
      return true;
    };
    world.onMoment = () => {
      this.#check();
    };
  }

  #onSent({ from, data }: DatagramInFlight): void {
    if (from.address !== SERVER.address || from.port !== SERVER.port || !data.subarray(0, 4).equals(BYE)) return;
    const message = parseMessage(data);
    if (message instanceof SipRequest) this.#hungUp.add(message.callId);
  }

  #check(): void {
    const { phones, store } = this.#world;
    const talking = phones.flatMap((phone) => phone.calls.filter((call) => this.#talks(call)));
    for (const { sipCallId } of talking) {
      this.talked.add(sipCallId);
      const record = store.allCalls().find((call) => call.sipCallId === sipCallId);
      assert.ok(record !== undefined && record.status !== 'hangup', 'a phone talks in a call that the server has not');
    }
    assert.ok(talking.length <= 1, `${talking.length} phones talk at once`);
    const isOver = store.allGroupCalls().some(({ id, rootId, status }) => id === rootId && status === 'hangup');
    if (isOver) for (const phone of phones) expectIdle(phone);
  }

  #talks({ isTalking, sipCallId }: CalledPhoneCall): boolean {
    return isTalking && !this.#hungUp.has(sipCallId);
  }
}

function expectIdle({ name, calls }: CalledPhone): void {
  for (const { isUp, events } of calls) {
    assert.ok(!isUp, `${name} is in a call after the group call was over: ${events.join(', ')}`);
  }
}

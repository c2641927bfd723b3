export { FAKE_EPOCH_MS, FakeClock } from './fake-clock.ts';
export { SeededIdSource, SeededRandom } from './seeded-random.ts';
export { VirtualNetwork } from './virtual-network.ts';
export type { DatagramFilter, DatagramInFlight, LinkConditions } from './virtual-network.ts';
export { callStoreContract } from './contracts/call-store.contract.ts';
export type { CallStoreHarness } from './contracts/call-store.contract.ts';
export { mediaPortContract } from './contracts/media-port.contract.ts';
export type { MediaPortHarness } from './contracts/media-port.contract.ts';
export { resourceStoreContract } from './contracts/resource-store.contract.ts';
export type { ResourceStoreHarness } from './contracts/resource-store.contract.ts';
export { MemoryCallStore } from './engine/memory-call-store.ts';
export { MemoryDirectory } from './engine/memory-directory.ts';
export { MemoryResourceStore } from './engine/memory-resource-store.ts';
export {
  testAccessKey,
  testAddress,
  testAgent,
  testCall,
  testCallId,
  testCustomer,
  testCustomerId,
  testExtension,
  testGroup,
  testGroupCall,
  testGroupCallEvent,
  testGroupCallId,
  testNumberRoute,
  testTrunk,
  testUuid,
} from './engine/records.ts';
export { EngineHarness } from './engine/engine-harness.ts';
export type { EngineHarnessOptions } from './engine/engine-harness.ts';
export { ScriptedCaller } from './engine/scripted-caller.ts';
export { ScriptedLeg } from './engine/scripted-leg.ts';
export type { PhoneScript } from './engine/scripted-leg.ts';
export { ScriptedSignaling } from './engine/scripted-signaling.ts';
export { CallLog } from './sip/call-log.ts';
export { placeCall, TEST_ANSWER, TEST_OFFER } from './sip/place-call.ts';
export type { PlacedCall } from './sip/place-call.ts';
export { RawCaller } from './sip/raw-caller.ts';
export { RawPeer } from './sip/raw-peer.ts';
export type { RawArrival, RawResponseOptions } from './sip/raw-peer.ts';
export { SipWorld } from './sip/sip-world.ts';
export type { SipWorldOptions } from './sip/sip-world.ts';

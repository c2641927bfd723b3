// message
export { ParseError } from './message/parse-error.ts';
export { BadRequestError } from './message/bad-request-error.ts';
export { DEFAULT_PARSE_LIMITS } from './message/parse-limits.ts';
export type { ParseLimits } from './message/parse-limits.ts';
export { Params } from './message/params.ts';
export { SipUri } from './message/sip-uri.ts';
export type { SipUriInit, SipUriParts } from './message/sip-uri.ts';
export { NameAddr } from './message/name-addr.ts';
export type { NameAddrParts } from './message/name-addr.ts';
export { Via } from './message/via.ts';
export type { ViaParts } from './message/via.ts';
export type { CSeq } from './message/cseq.ts';
export { SipMessage, SipRequest, SipResponse } from './message/sip-message.ts';
export type { HeaderLine, ReplyOptions, SipRequestParts, SipResponseParts } from './message/sip-message.ts';
export { parseMessage } from './message/parse-message.ts';
export { validateMessage } from './message/validate-message.ts';
export { StreamFramer } from './message/stream-framer.ts';
export type { StreamItem } from './message/stream-framer.ts';
export { reasonPhrase } from './message/reason-phrase.ts';

// digest, registrar, registration
export {
  digestAlgorithm,
  digestResponse,
  formatChallenge,
  formatCredentials,
  ha1,
  parseChallenge,
  parseCredentials,
} from './ua/digest.ts';
export type {
  DigestAlgorithm,
  DigestChallenge,
  DigestCredentials,
  DigestHash,
  DigestResponseInput,
  DigestSecret,
} from './ua/digest.ts';
export { DigestClient, DigestError } from './ua/digest-client.ts';
export type { DigestClientOptions } from './ua/digest-client.ts';
export { DigestServer } from './ua/digest-server.ts';
export type {
  DigestHa1,
  DigestLookup,
  DigestRefusal,
  DigestServerOptions,
  DigestVerdict,
  DigestVerifyOptions,
} from './ua/digest-server.ts';
export { Registrar, RegistrarLimitsError } from './ua/registrar.ts';
export type { RegisterTransaction, RegistrarLimits, RegistrarOptions, RegistrarSnapshot } from './ua/registrar.ts';
export { contactTarget } from './ua/registered-contact.ts';
export type { ContactChange, RegisteredContact } from './ua/registered-contact.ts';
export { loadContact, storeContact } from './ua/stored-contact.ts';
export type { StoredContact } from './ua/stored-contact.ts';
export { Registration } from './ua/registration.ts';
export type { RegistrationOptions, RegistrationResult, RegistrationState } from './ua/registration.ts';

// transport
export type { Flow, Listen, Target, TransportProtocol } from './transport/flow.ts';
export { TransportError } from './transport/transport-error.ts';
export { TransportLayer } from './transport/transport-layer.ts';
export type {
  SentMessage,
  TransportCounters,
  TransportLayerLimits,
  TransportLayerOptions,
} from './transport/transport-layer.ts';
export { AddressResolver } from './transport/resolver.ts';
export type { LookupAddresses, Resolver } from './transport/resolver.ts';

// transaction
export { DEFAULT_TIMERS } from './transaction/timer-config.ts';
export type { TimerConfig } from './transaction/timer-config.ts';
export { TransactionLayer } from './transaction/transaction-layer.ts';
export type { TransactionLayerOptions, TransactionLimits } from './transaction/transaction-layer.ts';
export type { ClientTransaction, ClientTransactionUser } from './transaction/client-transaction.ts';
export { ServerTransaction } from './transaction/server-transaction.ts';

// dialog, user agent
export type { DialogId } from './dialog/dialog-id.ts';
export type { DialogState } from './dialog/dialog.ts';
export type {
  ClientAnswer,
  ClientInvite,
  ClientInviteEnd,
  ClientInviteHandlers,
  InviteOptions,
} from './ua/client-invite-types.ts';
export type { RequestHandler } from './ua/incoming-requests.ts';
export type {
  DialogEnd,
  IncomingReinvite,
  InviteDialog,
  MessageContent,
  ReinviteResult,
} from './ua/invite-dialog-types.ts';
export type { RingOptions, ServerInvite } from './ua/server-invite-types.ts';
export { UserAgent, UserAgentError } from './ua/user-agent.ts';
export type { RequestOptions, UserAgentLimits, UserAgentOptions } from './ua/user-agent-types.ts';

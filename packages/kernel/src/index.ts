export { SystemClock } from './clock.ts';
export type { Clock, TimerHandle } from './clock.ts';
export { CryptoIdSource } from './id-source.ts';
export type { IdSource } from './id-source.ts';
export { silentLogger } from './logger.ts';
export type { LogFields, Logger } from './logger.ts';
export { AppError, toError } from './app-error.ts';
export type { AppErrorOptions } from './app-error.ts';
export { SerialQueue } from './serial-queue.ts';
export { NodeNetwork } from './node-network.ts';
export type {
  DatagramHandlers,
  DatagramOptions,
  DatagramSocket,
  Network,
  SocketAddress,
  StreamConnection,
  StreamHandlers,
  StreamListener,
} from './network.ts';

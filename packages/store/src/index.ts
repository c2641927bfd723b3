export { openStore } from './open-store.ts';
export { DEFAULT_STORE_LIMITS } from './store.ts';
export type {
  EventLog,
  Registration,
  RegistrationStore,
  SettingsStore,
  Store,
  StoredEvent,
  StoreLimits,
  StoreOptions,
} from './store.ts';
export { StoreError } from './store-error.ts';
export type { StoreErrorCode } from './store-error.ts';

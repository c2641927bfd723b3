import type { Registration } from '../store.ts';
import { fromMicros, toMicros } from './micros.ts';
import { parseDoc, toDoc } from './doc.ts';

/** A registered phone of the registrar's snapshot. */
export interface RegistrationTableRow {
  readonly aor: string;
  readonly contact: string;
  /** Microseconds since the epoch. */
  readonly tm_expire: number;
  readonly doc: string;
}

export function registrationRow(registration: Registration): RegistrationTableRow {
  const { aor, contact, expiresAt, data } = registration;
  return { aor, contact, tm_expire: toMicros(expiresAt), doc: toDoc(data) };
}

export function registrationOf(row: RegistrationTableRow): Registration {
  return {
    aor: row.aor,
    contact: row.contact,
    expiresAt: fromMicros(row.tm_expire),
    data: parseDoc('registrations', row.doc) as object,
  };
}

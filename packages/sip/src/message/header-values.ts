import type { HeaderField } from './header-field.ts';
import type { HeaderName } from './header-name.ts';
import { type CSeq, readCSeq } from './cseq.ts';
import { NameAddr } from './name-addr.ts';
import { Via } from './via.ts';

// What a header is read to is kept with it, since a message is asked for the same ones again and again. Each of these
// throws ParseError.

/** The Vias of one line. */
export function readVias(field: HeaderField): Via[] {
  return (field.parsed ??= Via.readList(field.scan())) as Via[];
}

/** The address of From or To. */
export function readAddress(field: HeaderField): NameAddr {
  if (field.parsed instanceof NameAddr) return field.parsed;
  const address = NameAddr.readOnly(field.scan());
  field.parsed = address;
  return address;
}

/** The addresses of one line of Contact, Route or Record-Route; none of `*`. */
export function readAddresses(field: HeaderField): NameAddr[] {
  return (field.parsed ??= field.value === '*' ? [] : NameAddr.readList(field.scan())) as NameAddr[];
}

/** A whole number that fills the value. */
export function readNumber(field: HeaderField, { name }: HeaderName, max: number): number {
  const scanner = field.scan();
  scanner.skipSpace();
  const value = scanner.number(name, max);
  scanner.expectEnd();
  return value;
}

/** The number and method of CSeq. */
export function readCSeqOf(field: HeaderField): CSeq {
  return (field.parsed ??= readCSeq(field.scan())) as CSeq;
}

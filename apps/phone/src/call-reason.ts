const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/**
 * Whether one of the Reason header fields of a CANCEL or BYE says that the call was taken by another phone
 * (RFC 3326 §2: `SIP;cause=200;text="Call completed elsewhere"`). Such a call is not a missed one.
 */
export function isAnsweredElsewhere(reasons: readonly string[]): boolean {
  return reasons.some((reason) => {
    const [protocol = '', ...params] = reason.replace(QUOTED, '').split(';');
    if (protocol.trim().toUpperCase() !== 'SIP') return false;
    return params.some((param) => /^\s*cause\s*=\s*200\s*$/i.test(param));
  });
}

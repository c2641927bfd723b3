import { SipUri } from '@groupcall/sip';

/** `sip:user@host`, whatever the user is called; `sip:host` when `user` is ''. Throws ParseError when `host` is none. */
export function sipUri(user: string, host: string): SipUri {
  const uri = SipUri.of({ user: user === '' ? undefined : user, host });
  // Only reading it again tells whether the host is one.
  return SipUri.parse(uri.toString());
}

/** Whether a URI can have `text` as its host. */
export function isHost(text: string): boolean {
  try {
    return sipUri('', text).host === text;
  } catch {
    return false;
  }
}

/** A telephone number as people write it: spaces, dots, dashes and brackets do not count. */
const NUMBER = /^\+?[0-9]{2,20}$/;

/** The digits of a telephone number, with its `+` if there is one; undefined when it is none. */
export function phoneNumber(text: string): string | undefined {
  const bare = text.replace(/[\s().-]/g, '');
  return NUMBER.test(bare) ? bare : undefined;
}

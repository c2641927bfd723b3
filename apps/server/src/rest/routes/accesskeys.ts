import { Accesskey, AccesskeyInput, AccesskeyUpdate, formatTime, parseTime } from '@groupcall/contract';
import type { AccessKey, ResourceStore } from '@groupcall/engine';
import type { IdSource } from '@groupcall/kernel';
import { ApiError } from '../api-error.ts';
import { hashToken, newToken } from '../principal.ts';
import type { ResourceKind } from '../resource-routes.ts';
import { resourceView } from '../views/resource-view.ts';

/** `accesskeys`: the token is shown once, when it is made, and stored only as its hash. */
export function accesskeyKind(
  store: ResourceStore<AccessKey>,
  ids: IdSource,
): ResourceKind<AccessKey, typeof AccesskeyInput, typeof AccesskeyUpdate> {
  return {
    path: 'accesskeys',
    noun: 'access key',
    input: AccesskeyInput,
    update: AccesskeyUpdate,
    view: Accesskey,
    store,
    create: (base, { role = 'admin', tm_expire }) => {
      const token = newToken(ids);
      const item = withExpiry({ ...base, role, tokenHash: hashToken(token) }, tm_expire);
      return Promise.resolve({ item, shownOnce: { token } });
    },
    change: (item, { tm_expire }) => (tm_expire === undefined ? item : withExpiry(item, tm_expire)),
    toView: (item) => ({ ...resourceView(item), role: item.role, tm_expire: formatTime(item.tmExpire) }),
  };
}

/** @throws ApiError when it is a time that no calendar has. */
function withExpiry(item: AccessKey, text: string | undefined): AccessKey {
  if (text === undefined) return item;
  if (text === formatTime(undefined)) {
    const { id, customerId, name, detail, tmCreate, role, tokenHash } = item;
    return { id, customerId, name, detail, tmCreate, role, tokenHash };
  }
  const tmExpire = parseTime(text);
  if (tmExpire === undefined) {
    const message = 'tm_expire must be a time of the calendar, in UTC, as YYYY-MM-DD HH:MM:SS.ffffff';
    throw new ApiError('INVALID_ARGUMENT', message, { details: [{ member: 'tm_expire', message }] });
  }
  return { ...item, tmExpire };
}

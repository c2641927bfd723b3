import { formatTime } from '@groupcall/contract';
import type { Resource } from '@groupcall/engine';

/** The members that every resource shows. */
export function resourceView(resource: Resource) {
  return {
    id: resource.id,
    customer_id: resource.customerId,
    name: resource.name,
    detail: resource.detail,
    tm_create: formatTime(resource.tmCreate),
    tm_update: formatTime(resource.tmUpdate),
    tm_delete: formatTime(resource.tmDelete),
  };
}

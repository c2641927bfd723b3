/** Id of a group call, root or nested (a UUID). */
export type GroupCallId = string & { readonly __brand: 'GroupCallId' };

/** Id of a call: one leg of a group call, or the incoming call on whose behalf a group is rung (a UUID). */
export type CallId = string & { readonly __brand: 'CallId' };

/** Id of a customer, who owns everything else (a UUID). */
export type CustomerId = string & { readonly __brand: 'CustomerId' };

/** What the API shows for an id that is not known yet. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

import type { NameAddr } from '../message/name-addr.ts';
import type { SipUri } from '../message/sip-uri.ts';

/** Where a request goes and what it says about its way. */
export interface RoutedRequest {
  /** What stands in the request line. */
  readonly requestUri: SipUri;
  /** The Route header field values, first hop first. */
  readonly routes: readonly string[];
  /** Whose address the request is sent to. */
  readonly nextHop: SipUri;
}

/**
 * Applies a route set to a target (RFC 3261 §12.2.1.1, §8.1.2, §16.12.1.1). With a loose router on top (`;lr`) the target stays
 * in the request line and the whole set goes into Route. A strict router takes the request line for itself, and the
 * target goes to the end of Route.
 */
export function routeRequest(target: SipUri, routeSet: readonly NameAddr[]): RoutedRequest {
  const requestUri = asRequestUri(target);
  const [first, ...rest] = routeSet;
  if (first === undefined) return { requestUri, routes: [], nextHop: requestUri };
  if (first.uri.params.has('lr')) {
    return { requestUri, routes: routeSet.map((route) => route.toString()), nextHop: first.uri };
  }
  return {
    requestUri: asRequestUri(first.uri),
    routes: [...rest.map((route) => route.toString()), `<${requestUri.toString()}>`],
    nextHop: first.uri,
  };
}

/** A URI as it may stand in a request line: without headers and without `method` (RFC 3261 §19.1.1, table 1). */
function asRequestUri(uri: SipUri): SipUri {
  if (uri.headers === '' && !uri.params.has('method')) return uri;
  return uri.with({ headers: '', params: uri.params.without('method') });
}

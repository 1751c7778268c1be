/**
 * Why no answer came. `refused_address`: the host is not on the public internet. `unknown_host`: the name has no address.
 * `tls`: no valid certificate, or no TLS at all. `connection`: refused, reset or unreachable.
 */
export type FailureCause = 'refused_address' | 'unknown_host' | 'timeout' | 'tls' | 'connection';

/** A name leads to an address that requests must not reach. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';

  /** @param host - the name. Its address is not shown: it describes a network that the reader may not know */
  constructor(host: string) {
    super(`${host} does not lead to a public internet address.`);
  }
}

const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_FAIL', 'ENODATA']);
/** Codes of OpenSSL and Node.js. Codes of certificate checks have no common prefix. */
const TLS =
  /^(?:ERR_TLS|ERR_SSL|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA|.*_SIGNATURE)/;

/** The cause of a failed request, and a sentence about it. */
export function causeOf(error: unknown, timeoutMs: number): { readonly cause: FailureCause; readonly detail: string } {
  const chain = causesOf(error);
  const refused = chain.find((each) => each instanceof RefusedAddressError);
  if (refused !== undefined) return { cause: 'refused_address', detail: refused.message };
  const codes = chain.flatMap((each) => ('code' in each && typeof each.code === 'string' ? [each.code] : []));
  const timedOut = chain.some((each) => 'name' in each && each.name === 'TimeoutError');
  if (timedOut || codes.includes('ETIMEDOUT'))
    return { cause: 'timeout', detail: `No answer came within ${timeoutMs / 1_000} seconds.` };
  const tls = codes.find((code) => TLS.test(code));
  if (tls !== undefined)
    return { cause: 'tls', detail: `The certificate or the TLS connection is not valid (${tls}).` };
  const unknown = codes.find((code) => UNKNOWN_HOST.has(code));
  if (unknown !== undefined) return { cause: 'unknown_host', detail: `The host has no address in DNS (${unknown}).` };
  return { cause: 'connection', detail: `The connection failed (${codes[0] ?? 'no code'}).` };
}

/** An error, its causes, and the errors of attempts at several addresses. */
function causesOf(error: unknown): object[] {
  const causes: object[] = [];
  for (let cause = error; typeof cause === 'object' && cause !== null && causes.length < 10;) {
    causes.push(cause);
    if ('errors' in cause && Array.isArray(cause.errors))
      causes.push(...cause.errors.filter((each): each is object => typeof each === 'object' && each !== null));
    cause = 'cause' in cause ? cause.cause : null;
  }
  return causes;
}

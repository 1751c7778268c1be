import type { OwnLimits } from '../../src/config';

/** Tests of anything else than the server's own limits must not meet them. */
export const NO_OWN_LIMITS: OwnLimits = {
  callsPerSecond: 1_000_000,
  megabytesPerMinute: 1_000_000,
  refusalsPerMinute: 1_000_000,
  connectionsPerAddress: 1_000_000,
  backfillBytes: 1_000_000_000,
  backfillLines: 1_000_000,
  backfillsAtOnce: 1_000,
};

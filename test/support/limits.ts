import type { OwnLimits } from '../../src/config';

/** For all tests that are not about the server's own limits. */
export const NO_OWN_LIMITS: OwnLimits = {
  callsPerSecond: 1_000_000,
  megabytesPerMinute: 1_000_000,
  refusalsPerMinute: 1_000_000,
  connectionsPerAddress: 1_000_000,
  backfillBytes: 1_000_000_000,
  backfillLines: 1_000_000,
  backfillsAtOnce: 1_000,
};

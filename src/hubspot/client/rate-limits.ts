/** The HubSpot limit that was reached. `migration` is an account that moves between data centers (477). */
export type RateLimit = 'ten_seconds' | 'second' | 'day' | 'migration';

/** How long HubSpot counts for each of its limits, or asks to wait, in milliseconds. A day ends at midnight instead. */
export const WINDOW_MS: Readonly<Record<Exclude<RateLimit, 'day'>, number>> = {
  second: 1_000,
  ten_seconds: 10_000,
  migration: 3_600_000,
};

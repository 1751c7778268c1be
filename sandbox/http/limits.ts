import { randomUUID } from 'node:crypto';
import { ApiError } from '../errors';
import type { SandboxSettings } from '../settings';

/** Which budget a route draws from. OAuth and pages draw from none. */
export type RouteBudget = 'objects' | 'search' | 'associations' | 'none';

export type Policy = 'TEN_SECONDLY_ROLLING' | 'SECONDLY' | 'DAILY';

/** Each portal's rolling windows and daily budget. */
export class RateLimits {
  private readonly windows = new Map<string, number[]>();
  private readonly days = new Map<string, number>();
  /** The time of the last search by a portal's other app, in milliseconds. */
  private readonly otherAppAt = new Map<number, number>();

  constructor(private readonly settings: SandboxSettings) {}

  /**
   * Counts a request and returns the headers that HubSpot sends for it, or throws HubSpot's 429. Refused requests count
   * too: HubSpot does not document it, and this is the stricter reading.
   */
  take(portalId: number, timeZone: string, budget: RouteBudget): Record<string, string> {
    if (budget === 'none') return {};
    const { limits } = this.settings;
    const now = Date.now();
    if (limits.daily !== null && budget !== 'search') {
      const key = `${portalId}/${new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now)}`;
      const used = (this.days.get(key) ?? 0) + 1;
      this.days.set(key, used);
      if (used > limits.daily) throw tooMany('DAILY');
    }
    switch (budget) {
      case 'search':
        this.otherApp(portalId, now);
        // Search responses have no rate headers at all (recorded).
        this.count(`${portalId}/search`, limits.searchPerSecond, 1000, now, 'SECONDLY');
        return {};
      case 'associations':
        this.count(`${portalId}/associations`, limits.associationsTenSecondly, 10_000, now, 'TEN_SECONDLY_ROLLING');
        return {};
      case 'objects':
        return this.tenSecondly(portalId, now);
    }
  }

  /**
   * Adds the searches of another app of the account since the last call to the same window, spread evenly. They count
   * even if refused, as the app's own do.
   */
  private otherApp(portalId: number, now: number): void {
    const perSecond = this.settings.otherAppSearchesPerSecond;
    if (perSecond <= 0) return;
    const key = `${portalId}/search`;
    const interval = 1000 / perSecond;
    const last = Math.max(this.otherAppAt.get(portalId) ?? 0, now - 1000);
    const window = this.windows.get(key) ?? [];
    let at = last;
    for (; at + interval <= now; at += interval) window.push(at + interval);
    this.otherAppAt.set(portalId, at);
    this.windows.set(key, window);
  }

  private tenSecondly(portalId: number, now: number): Record<string, string> {
    const limit = this.settings.limits.tenSecondly;
    if (limit === null) return {};
    const key = `${portalId}/objects`;
    const remaining = this.count(key, limit, 10_000, now, 'TEN_SECONDLY_ROLLING');
    const inSecond = (this.windows.get(key) ?? []).filter((at) => now - at < 1000).length;
    const secondly = Math.max(1, Math.round(limit / 10));
    const daily = this.settings.limits.daily;
    return {
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-max': String(limit),
      'x-hubspot-ratelimit-remaining': String(remaining),
      // The pair per second is sent but not enforced (recorded: 11 beside 110).
      'x-hubspot-ratelimit-secondly': String(secondly),
      'x-hubspot-ratelimit-secondly-remaining': String(Math.max(0, secondly - inSecond)),
      ...(daily === null ? {} : { 'x-hubspot-ratelimit-daily': String(daily) }),
    };
  }

  private count(key: string, limit: number | null, windowMs: number, now: number, policy: Policy): number {
    if (limit === null) return 0;
    const recent = (this.windows.get(key) ?? []).filter((at) => now - at < windowMs);
    recent.push(now);
    this.windows.set(key, recent);
    if (recent.length > limit) throw tooMany(policy);
    return limit - recent.length;
  }
}

/** HubSpot's 429 bodies. The one for search has neither policy nor Retry-After (recorded). */
export function tooMany(policy: Policy): ApiError {
  switch (policy) {
    case 'SECONDLY':
      return new ApiError(429, 'You have reached your secondly limit.', { category: 'RATE_LIMITS' });
    case 'TEN_SECONDLY_ROLLING':
      return new ApiError(429, 'You have reached your ten_secondly_rolling limit.', {
        errorType: 'RATE_LIMIT',
        policyName: policy,
        groupName: 'publicapi:app:4242001',
        requestId: randomUUID(),
      });
    case 'DAILY':
      return new ApiError(429, 'You have reached your daily limit.', {
        errorType: 'RATE_LIMIT',
        policyName: policy,
        requestId: randomUUID(),
      });
  }
}

import type { Sandbox } from '../../sandbox/sandbox';
import { HUBSPOT_LIMITS } from '../../sandbox/settings';
import type { Figure } from '../figures';

/** Requests a second that HubSpot allows. */
const ALLOWED = (HUBSPOT_LIMITS.tenSecondly ?? 0) / 10;

/** What reached HubSpot since the log was last cleared. */
export interface Calls {
  readonly count: number;
  readonly refused: number;
  /** From the first to the last. */
  readonly seconds: number;
  /** Share of HubSpot's limit of requests in ten seconds. Searches and association batches have limits of their own. */
  readonly limitUsed: number;
}

/** @param portalId - `@default` all accounts together */
export function callsOf({ requests }: Sandbox, portalId?: number): Calls {
  const all = requests
    .list({ path: '/crm/' })
    .filter((request) => portalId === undefined || request.portalId === portalId);
  const seconds = ((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0)) / 1_000;
  const counted = all.filter(({ path }) => !path.endsWith('/search') && !path.startsWith('/crm/associations/'));
  return {
    count: all.length,
    refused: all.filter(({ status }) => status === 429).length,
    seconds,
    limitUsed: seconds === 0 ? 0 : counted.length / seconds / ALLOWED,
  };
}

/** Calls a meeting, and the meetings a second that HubSpot's limit allows with them. */
export function callFigure(
  id: string,
  name: string,
  { count, limitUsed }: Calls,
  meetings: number,
  naive: number,
): Figure {
  const value = count / meetings;
  return { id, name, value, unit: 'calls', naive, limitUsed, limitAllows: ALLOWED / value };
}

/** Share of responses with 429. */
export function refusedFigure(id: string, name: string, calls: Calls, naive: Calls): Figure {
  const share = ({ refused, count }: Calls) => (count === 0 ? 0 : (100 * refused) / count);
  return { id, name, value: share(calls), unit: '%', naive: share(naive), limitUsed: calls.limitUsed };
}

import { z } from 'zod';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION, type HubSpotTransport } from '../client/transport';

const details = z.object({
  portalId: z.number(),
  accountType: z.string().nullish(),
  timeZone: z.string().nullish(),
  uiDomain: z.string().nullish(),
  dataHostingLocation: z.string().nullish(),
  companyCurrency: z.string().nullish(),
});

export interface HubSpotAccount {
  readonly portalId: number;
  readonly accountType: string | null;
  /** IANA name. The daily limit ends at midnight in this time zone. */
  readonly timeZone: string;
  /** Host of the account's pages: `app.hubspot.com`, `app-eu1.hubspot.com`. */
  readonly uiDomain: string;
  /** The data center, such as `na1` or `eu1`. Null if HubSpot names none. */
  readonly dataLocation: string | null;
  /** The currency of amounts without one of their own, such as `EUR`. Null if HubSpot names none. */
  readonly currency: string | null;
}

/**
 * Reads the account details (`GET /account-info/…/details`, scope `oauth`), and the headers with the account's limit.
 *
 * @throws `HubSpotError`
 */
export async function readAccount(
  transport: HubSpotTransport,
  accessToken: string,
): Promise<{ account: HubSpotAccount; headers: Headers }> {
  const { body, headers } = await transport.send({
    method: 'GET',
    path: `/account-info/${HUBSPOT_API_VERSION}/details`,
    accessToken,
  });
  return { account: accountIn(body), headers };
}

/** Reads the account details of a connected account. Accounts move to other data centers, and their pages with them. */
export async function readAccountOf(portal: Portal): Promise<HubSpotAccount> {
  await portal.slot('requests');
  const request = { method: 'GET', path: `/account-info/${HUBSPOT_API_VERSION}/details` } as const;
  return accountIn((await portal.send(request, 'requests')).body);
}

function accountIn(body: unknown): HubSpotAccount {
  const { portalId, accountType, timeZone, uiDomain, dataHostingLocation, companyCurrency } = details.parse(body);
  return {
    portalId,
    accountType: accountType ?? null,
    timeZone: timeZone ?? 'UTC',
    uiDomain: uiDomain ?? 'app.hubspot.com',
    dataLocation: dataHostingLocation ?? null,
    currency: companyCurrency ?? null,
  };
}

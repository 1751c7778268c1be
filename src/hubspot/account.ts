import { z } from 'zod';
import { HUBSPOT_API_VERSION, type HubSpotTransport } from './transport';

const details = z.object({
  portalId: z.number(),
  accountType: z.string().nullish(),
  timeZone: z.string().nullish(),
  uiDomain: z.string().nullish(),
});

export interface HubSpotAccount {
  readonly portalId: number;
  readonly accountType: string | null;
  /** IANA name; the daily limit ends at midnight there. */
  readonly timeZone: string;
  /** Host of the account's pages: `app.hubspot.com`, `app-eu1.hubspot.com`. */
  readonly uiDomain: string;
}

/**
 * Account details (`GET /account-info/…/details`, scope `oauth`), and the headers that tell the account's limit.
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
  const { portalId, accountType, timeZone, uiDomain } = details.parse(body);
  const account = {
    portalId,
    accountType: accountType ?? null,
    timeZone: timeZone ?? 'UTC',
    uiDomain: uiDomain ?? 'app.hubspot.com',
  };
  return { account, headers };
}

/** A record's page in HubSpot ("Understanding the CRM": `/contacts/{portalId}/record/{objectTypeId}/{id}`). */
export function recordUrl(uiDomain: string, portalId: number, objectTypeId: string, id: string): string {
  const scheme = /^(localhost|127\.|\[::1\])/.test(uiDomain) ? 'http' : 'https';
  return `${scheme}://${uiDomain}/contacts/${portalId}/record/${objectTypeId}/${id}`;
}

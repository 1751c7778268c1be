import { z } from 'zod';
import type { RecordRef } from '../../meeting/linking/cascade';
import { objectTypeId as typeIdOf } from './association-types';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION, type HubSpotTransport } from '../client/transport';

const details = z.object({
  portalId: z.number(),
  accountType: z.string().nullish(),
  timeZone: z.string().nullish(),
  uiDomain: z.string().nullish(),
  dataHostingLocation: z.string().nullish(),
});

export interface HubSpotAccount {
  readonly portalId: number;
  readonly accountType: string | null;
  /** IANA name; the daily limit ends at midnight there. */
  readonly timeZone: string;
  /** Host of the account's pages: `app.hubspot.com`, `app-eu1.hubspot.com`. */
  readonly uiDomain: string;
  /** The data center, such as `na1` or `eu1`; null where HubSpot names none. */
  readonly dataLocation: string | null;
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
  return { account: accountIn(body), headers };
}

/** The same for an account that is connected: accounts move to other data centers, and their pages with them. */
export async function readAccountOf(portal: Portal): Promise<HubSpotAccount> {
  await portal.slot('requests');
  const request = { method: 'GET', path: `/account-info/${HUBSPOT_API_VERSION}/details` } as const;
  return accountIn((await portal.send(request, 'requests')).body);
}

function accountIn(body: unknown): HubSpotAccount {
  const { portalId, accountType, timeZone, uiDomain, dataHostingLocation } = details.parse(body);
  return {
    portalId,
    accountType: accountType ?? null,
    timeZone: timeZone ?? 'UTC',
    uiDomain: uiDomain ?? 'app.hubspot.com',
    dataLocation: dataHostingLocation ?? null,
  };
}

/**
 * An activity on the timeline of a record that it is associated with
 * (`/contacts/{portalId}/record/{objectTypeId}/{recordId}/view/1?engagement={activityId}`, as public code links it).
 */
export function timelineUrl(
  { uiDomain, portalId }: { readonly uiDomain: string; readonly portalId: number },
  record: RecordRef,
  activityId: string,
): string {
  return `${recordUrl(uiDomain, portalId, typeIdOf(record.objectType), record.id)}/view/1?engagement=${activityId}`;
}

/**
 * The settings of an object type's properties in HubSpot, with one of them searched for
 * (`/property-settings/{portalId}/properties?type=0-47&search=…`); of an unknown type the page without a choice.
 *
 * @param objectTypeId - such as `0-47`, or null
 */
export function propertySettingsUrl(
  uiDomain: string,
  portalId: number,
  objectTypeId: string | null,
  property: string,
): string {
  const page = `${schemeOf(uiDomain)}://${uiDomain}/property-settings/${portalId}/properties`;
  if (objectTypeId === null) return page;
  return `${page}?type=${encodeURIComponent(objectTypeId)}&search=${encodeURIComponent(property)}`;
}

/** A record's page in HubSpot ("Understanding the CRM": `/contacts/{portalId}/record/{objectTypeId}/{id}`). */
export function recordUrl(uiDomain: string, portalId: number, objectTypeId: string, id: string): string {
  return `${schemeOf(uiDomain)}://${uiDomain}/contacts/${portalId}/record/${objectTypeId}/${id}`;
}

/** The sandbox is on this machine, without TLS. */
function schemeOf(uiDomain: string): string {
  return /^(localhost|127\.|\[::1\])/.test(uiDomain) ? 'http' : 'https';
}

import type { RecordRef } from './linking/cascade';
import { objectTypeId } from './object-types';

/**
 * An activity on the timeline of a record that it is associated with
 * (`/contacts/{portalId}/record/{objectTypeId}/{recordId}/view/1?engagement={activityId}`, as public code links it).
 */
export function timelineUrl(
  { uiDomain, portalId }: { readonly uiDomain: string; readonly portalId: number },
  record: RecordRef,
  activityId: string,
): string {
  return `${recordUrl(uiDomain, portalId, objectTypeId(record.objectType), record.id)}/view/1?engagement=${activityId}`;
}

/**
 * The settings of an object type's properties in HubSpot, with one of them searched for
 * (`/property-settings/{portalId}/properties?type=0-47&search=…`); of an unknown type the page without a choice.
 *
 * @param typeId - such as `0-47`, or null
 */
export function propertySettingsUrl(
  uiDomain: string,
  portalId: number,
  typeId: string | null,
  property: string,
): string {
  const page = `${schemeOf(uiDomain)}://${uiDomain}/property-settings/${portalId}/properties`;
  if (typeId === null) return page;
  return `${page}?type=${encodeURIComponent(typeId)}&search=${encodeURIComponent(property)}`;
}

/** A record's page in HubSpot ("Understanding the CRM": `/contacts/{portalId}/record/{typeId}/{id}`). */
export function recordUrl(uiDomain: string, portalId: number, typeId: string, id: string): string {
  return `${schemeOf(uiDomain)}://${uiDomain}/contacts/${portalId}/record/${typeId}/${id}`;
}

/** The sandbox is on this machine, without TLS. */
function schemeOf(uiDomain: string): string {
  return /^(localhost|127\.|\[::1\])/.test(uiDomain) ? 'http' : 'https';
}

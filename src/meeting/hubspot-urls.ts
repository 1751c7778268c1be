import type { RecordRef } from './linking/cascade';
import { objectTypeId } from './object-types';

/**
 * Returns the address of an activity on the timeline of a record that it is associated with
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
 * Returns the address of HubSpot's settings of an object type's properties, searched for one property
 * (`/property-settings/{portalId}/properties?type=0-47&search=…`). For an unknown type it is the page without a
 * selection.
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

/**
 * Returns the address of a record's page in HubSpot ("Understanding the CRM":
 * `/contacts/{portalId}/record/{typeId}/{id}`).
 */
export function recordUrl(uiDomain: string, portalId: number, typeId: string, id: string): string {
  return `${schemeOf(uiDomain)}://${uiDomain}/contacts/${portalId}/record/${typeId}/${id}`;
}

/** The sandbox runs on this machine, without TLS. */
function schemeOf(uiDomain: string): string {
  return /^(localhost|127\.|\[::1\])/.test(uiDomain) ? 'http' : 'https';
}

import type { CrmControl } from '../control/crm-control';
import type { SandboxPortal } from '../crm/catalogue';
import type { SandboxObjectType } from '../crm/object-types';
import type { StoredRecord } from '../crm/records';
import type { Parts } from '../http/api';
import { href, readable, recordTitle, typeLabel } from './labels';
import { activityModel, byMonth, ownEntry } from './timeline';

/** An object type of an account. */
export interface Place {
  portal: SandboxPortal;
  type: SandboxObjectType;
}

/** The accounts with their object types. */
export function homePage(parts: Parts): object {
  return {
    portals: parts.crm.catalogue.portals().map((portal) => ({
      ...portal,
      installed: parts.tokens.installed(portal.id),
      types: parts.crm.catalogue.types(portal.id).map((type) => ({
        typeId: type.typeId,
        label: typeLabel(parts, portal, type),
        count: parts.crm.records.count(portal.id, type.typeId),
      })),
    })),
  };
}

const LISTED = 500;

/** @param only - the id of the one record to list; null lists all */
export function listPage(parts: Parts, { portal, type }: Place, only: string | null): object {
  const columns = type.kind === 'activity' ? ['hs_timestamp', 'hubspot_owner_id'] : type.shown;
  const definitions = parts.crm.properties.of(portal.id, type);
  return {
    portal,
    label: typeLabel(parts, portal, type),
    columns: columns.map((name) => definitions.get(name)?.label ?? name),
    records: parts.crm.records
      .page(portal.id, type.typeId, { archived: false, after: 0, limit: LISTED })
      .filter((record) => only === null || record.id === only)
      .map((record) => ({
        href: href(portal.id, type.typeId, record.id),
        title: recordTitle(type, record.id, record.properties),
        cells: columns.map((name) => readable(parts, portal, type, name, record.properties[name] ?? '')),
      })),
  };
}

/** Properties at the head of a page, besides those that the type shows in lists. */
const MAIN_PROPERTIES = [
  'phone',
  'jobtitle',
  'city',
  'hs_additional_emails',
  'hs_additional_domains',
  'hubspot_owner_id',
];

/** @param engagement - the id of the activity that the timeline selects */
export function recordPage(
  parts: Parts,
  control: CrmControl,
  { portal, type }: Place,
  record: StoredRecord,
  engagement: string | undefined,
): object {
  const definitions = parts.crm.properties.of(portal.id, type);
  const shown = (name: string) => ({
    label: definitions.get(name)?.label ?? name,
    value: readable(parts, portal, type, name, record.properties[name] ?? ''),
  });
  const main = [...new Set([...type.shown, ...MAIN_PROPERTIES])];
  const filled = Object.keys(record.properties).filter((name) => record.properties[name] !== '');
  const isActivity = type.kind === 'activity';
  const timeline = isActivity
    ? [ownEntry(record, type)]
    : control.timeline(type.typeId, record.id, { portalId: portal.id });
  return {
    portal,
    title: recordTitle(type, record.id, record.properties),
    subtitle: type.typeId === '0-1' ? (record.properties['jobtitle'] ?? '') : '',
    typeLabel: typeLabel(parts, portal, type),
    listHref: `/contacts/${portal.id}/objects/${type.typeId}/views/all/list`,
    notice: record.archived ? 'This record is archived.' : null,
    main: main.filter((name) => filled.includes(name)).map(shown),
    rest: filled.toSorted().map(shown),
    isActivity,
    engagement: engagement ?? '',
    timeline: byMonth(
      timeline.map((entry) => activityModel(parts, portal, entry)),
      portal,
    ),
    associated: associated(parts, control, { portal, type }, record),
  };
}

function associated(parts: Parts, control: CrmControl, { portal, type }: Place, record: StoredRecord): object[] {
  return parts.crm.catalogue
    .types(portal.id)
    .filter((target) => type.kind === 'activity' || target.kind !== 'activity')
    .map((target) => ({
      label: typeLabel(parts, portal, target),
      records: control
        .associations(type.typeId, record.id, target.typeId, { portalId: portal.id })
        .filter((each) => !each.archived)
        .map((each) => ({
          href: href(portal.id, target.typeId, each.id),
          title: recordTitle(
            target,
            each.id,
            parts.crm.records.get(portal.id, target.typeId, each.id)?.properties ?? {},
          ),
          labels: each.types.flatMap(({ label }) => (label === null ? [] : [label])).join(', '),
        })),
    }))
    .filter((group) => group.records.length > 0 || isCore(type, group.label));
}

/** Whether a panel is one of the three that HubSpot always shows, even when empty. */
function isCore(type: SandboxObjectType, label: string): boolean {
  return type.kind !== 'activity' && ['Contacts', 'Companies', 'Deals'].includes(label);
}

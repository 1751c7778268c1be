import { shown, type TimelineEntry } from '../control/crm-control';
import { MAIN_BODY, cleanBody } from '../crm/bodies';
import type { SandboxPortal } from '../crm/catalogue';
import type { SandboxObjectType } from '../crm/object-types';
import type { StoredRecord } from '../crm/records';
import type { Parts } from '../http/api';
import { href, ownerName, timeText } from './labels';

/** An activity as the only entry of its own page. */
export function ownEntry(record: StoredRecord, type: SandboxObjectType): TimelineEntry {
  return {
    ...shown(record),
    objectType: type.plural,
    at: Date.parse(record.properties['hs_timestamp'] ?? ''),
    associations: [],
  };
}

/** An activity as the pages show it. */
export interface TimelineActivity {
  at: number;
  [key: string]: unknown;
}

/** An activity as the timeline shows it. */
export function activityModel(parts: Parts, portal: SandboxPortal, entry: TimelineEntry): TimelineActivity {
  const values = entry.properties;
  const body = values[MAIN_BODY[entry.objectTypeId] ?? ''] ?? '';
  const length = minutes(values['hs_meeting_start_time'], values['hs_meeting_end_time']);
  const facts = [
    values['hs_meeting_outcome'] === undefined ? '' : `Outcome: ${sentence(values['hs_meeting_outcome'])}`,
    length === null ? '' : `Duration: ${length} min`,
    values['hs_call_status'] === undefined ? '' : `Status: ${sentence(values['hs_call_status'])}`,
    values['hs_task_status'] === undefined ? '' : `Status: ${sentence(values['hs_task_status'])}`,
    values['hs_meeting_location'] ?? '',
  ];
  const link = values['hs_meeting_external_url'] ?? '';
  const records = entry.associations.length;
  return {
    at: entry.at,
    id: entry.id,
    type: entry.objectType,
    kind: sentence(entry.objectType.replace(/s$/u, '')),
    href: href(portal.id, entry.objectTypeId, entry.id),
    owner: ownerName(parts, portal, values['hubspot_owner_id']),
    iso: Number.isNaN(entry.at) ? '' : new Date(entry.at).toISOString(),
    when: timeText(entry.at, portal),
    title:
      values['hs_meeting_title'] ??
      values['hs_call_title'] ??
      values['hs_task_subject'] ??
      values['hs_email_subject'] ??
      '',
    facts: facts.filter((fact) => fact !== ''),
    link: /^https?:\/\//u.test(link) ? link : null,
    // It was cleaned on write. Cleaning it again prevents a manually edited file from putting a script on the page.
    body: cleanBody(body),
    associations: records === 0 ? '' : `${records} ${records === 1 ? 'association' : 'associations'}`,
  };
}

function minutes(start: string | undefined, end: string | undefined): number | null {
  const length = (Date.parse(end ?? '') - Date.parse(start ?? '')) / 60_000;
  return Number.isNaN(length) ? null : Math.round(length);
}

function sentence(value: string): string {
  const words = value.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Groups activities by month, in the order of their first activity. */
export function byMonth(
  activities: TimelineActivity[],
  portal: SandboxPortal,
): { name: string; activities: TimelineActivity[] }[] {
  const format = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: portal.timeZone });
  const months = new Map<string, TimelineActivity[]>();
  for (const each of activities) {
    const name = Number.isNaN(each.at) ? 'Without a date' : format.format(each.at);
    months.set(name, [...(months.get(name) ?? []), each]);
  }
  return [...months].map(([name, found]) => ({ name, activities: found }));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessedMeetingInput } from '../../../../src/meeting/intake/schema';
import {
  crmNow,
  expectedLinks,
  type CrmNow,
  type ExpectedLinks,
  type MeetingPeople,
  type Via,
} from '../../../support/expected-links';
import type { Stack } from '../../../support/stack';
import { mirrorDifferences } from './mirror-comparison';
import { differences, presentId, TYPES } from './records';

export interface Compared {
  /**
   * Earlier links that the CRM no longer yields, by meeting id. They stay: see the decision "An association that goes …".
   */
  readonly kept?: ReadonlyMap<string, ExpectedLinks['links']>;
  /** Whether to compare the mirror too. Only after the background reads have finished. */
  readonly mirror?: boolean;
}

/**
 * Compares links, activities and mirror with the sandbox's current CRM.
 *
 * @returns a sentence per difference
 */
export async function differencesFromCrm(
  stack: Stack,
  meetingIds: readonly string[],
  { kept = new Map(), mirror = true }: Compared = {},
): Promise<string[]> {
  const crm = crmNow(stack.sandbox);
  const perMeeting = await Promise.all(
    meetingIds.map(async (meetingId) => {
      const found = await meetingDifferences(stack, crm, meetingId, kept.get(meetingId) ?? new Map());
      return found.map((difference) => `${meetingId}: ${difference}`);
    }),
  );
  return [...perMeeting.flat(), ...(mirror ? await mirrorDifferences(stack, crm) : [])];
}

/** The links that matching and cascade yield for each meeting in the current CRM. */
export async function dueLinks(
  stack: Stack,
  meetingIds: readonly string[],
): Promise<Map<string, ExpectedLinks['links']>> {
  const crm = crmNow(stack.sandbox);
  return new Map(
    await Promise.all(
      meetingIds.map(async (id) => [id, expectedLinks(crm, (await bodyOf(stack, id)).people).links] as const),
    ),
  );
}

/** Replaces the ids of merged records by the ids of the records that they were merged into. */
export function presentLinks({ crm }: Stack['sandbox'], links: ExpectedLinks['links']): Map<string, Via> {
  return new Map(
    [...links].map(([key, via]) => {
      const [objectType = '', id = ''] = key.split('/');
      return [`${objectType}/${presentId(crm, objectType, id)}`, via];
    }),
  );
}

async function meetingDifferences(
  stack: Stack,
  crm: CrmNow,
  meetingId: string,
  kept: ExpectedLinks['links'],
): Promise<string[]> {
  const { people, url } = await bodyOf(stack, meetingId);
  const due = expectedLinks(crm, people);
  const links = new Map([...kept, ...due.links]);
  const document = await statusAfterPass(stack, meetingId);
  const status = links.size === 0 ? 'skipped' : 'synced';
  const misnamed = document.links.flatMap(({ objectType, id, via, from }) => {
    const step = from === null ? null : `${from.objectType}/${from.id}>${objectType}/${id}`;
    const known = step === null ? via !== 'cascade' : due.steps.has(step) || kept.has(`${objectType}/${id}`);
    return known ? [] : [`${objectType}/${id} is reported to come from ${step}`];
  });
  return [
    ...(document.status === status ? [] : [`is ${document.status}, not ${status}`]),
    ...differences(
      'link',
      [...links].map(([record, via]) => `${record} ${via}`),
      document.links.map(({ objectType, id, via }) => `${objectType}/${id} ${via}`),
    ),
    ...misnamed,
    ...differences(
      'unmatched person',
      [...due.unmatched],
      document.unmatched.flatMap(({ email }) => email ?? []),
    ),
    ...activityDifferences(stack, 'meetings', 'hs_meeting_external_url', url, links),
    ...activityDifferences(stack, 'notes', 'hs_note_body', url.replaceAll('&', '&amp;'), links),
  ];
}

/** Waits for a running pass first: a late webhook can start one at any time, also after a reconciliation is done. */
async function statusAfterPass(stack: Stack, meetingId: string): ReturnType<Stack['status']> {
  for (;;) {
    const document = await stack.status(meetingId);
    if (document.status !== 'syncing') return document;
    await sleep(25);
  }
}

/** Expects exactly one activity of the type, associated with all linked records and no others. */
function activityDifferences(
  { sandbox: { crm } }: Stack,
  type: 'meetings' | 'notes',
  property: string,
  url: string,
  links: ExpectedLinks['links'],
): string[] {
  const activities = crm.list(type).filter(({ properties }) => properties[property]?.includes(url));
  const [activity] = activities;
  if (activity === undefined || activities.length > 1) {
    // A meeting that never had links was never written.
    return links.size === 0 && activity === undefined ? [] : [`${activities.length} ${type} in HubSpot`];
  }
  const associated = TYPES.flatMap((to) =>
    crm
      .associations(type, activity.id, to)
      .filter(({ archived }) => !archived)
      .map(({ id }) => `${to}/${id}`),
  );
  return differences(`association of its ${type}`, [...links.keys()], associated);
}

/** The stored meeting, from which privacy deletions remove people. */
async function bodyOf(
  { product: { db }, workspaceId }: Stack,
  meetingId: string,
): Promise<{ people: MeetingPeople; url: ProcessedMeetingInput['recordingUrl'] }> {
  const { body } = await db
    .selectFrom('meetings')
    .select('body')
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .executeTakeFirstOrThrow();
  if (body === null) throw new Error(`${meetingId} has no content`);
  return { people: body, url: body.recordingUrl };
}

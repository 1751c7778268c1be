import type { ProcessedMeetingInput } from '../../../../src/meeting/schema';
import {
  crmNow,
  expectedLinks,
  type CrmNow,
  type ExpectedLinks,
  type MeetingPeople,
  type Via,
} from '../../../support/expected-links';
import type { Stack } from '../../../support/stack';
import { mirrorFaults } from './mirror-comparison';
import { differences, presentId, TYPES } from './records';

export interface Compared {
  /** Links that the CRM gave once and gives no longer, by meeting: see the decision "An association that goes …". */
  readonly kept?: ReadonlyMap<string, ExpectedLinks['links']>;
  /** Whether the mirror is compared too: not before what is read in the background was read. */
  readonly mirror?: boolean;
}

/**
 * Compares links, activities and mirror with the sandbox's CRM as it stands.
 *
 * @returns every difference, in words
 */
export async function faultsOf(
  stack: Stack,
  meetingIds: readonly string[],
  { kept = new Map(), mirror = true }: Compared = {},
): Promise<string[]> {
  const crm = crmNow(stack.sandbox);
  const perMeeting = await Promise.all(
    meetingIds.map(async (meetingId) => {
      const faults = await meetingFaults(stack, crm, meetingId, kept.get(meetingId) ?? new Map());
      return faults.map((fault) => `${meetingId}: ${fault}`);
    }),
  );
  return [...perMeeting.flat(), ...(mirror ? await mirrorFaults(stack, crm) : [])];
}

/** What section 6 gives for each meeting on the CRM as it stands. */
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

/** The links under the ids that their records have by now; a record that came of two is linked once. */
export function presentLinks({ crm }: Stack['sandbox'], links: ExpectedLinks['links']): Map<string, Via> {
  return new Map(
    [...links].map(([key, via]) => {
      const [objectType = '', id = ''] = key.split('/');
      return [`${objectType}/${presentId(crm, objectType, id)}`, via];
    }),
  );
}

async function meetingFaults(
  stack: Stack,
  crm: CrmNow,
  meetingId: string,
  kept: ExpectedLinks['links'],
): Promise<string[]> {
  const { people, url } = await bodyOf(stack, meetingId);
  const due = expectedLinks(crm, people);
  const links = new Map([...kept, ...due.links]);
  const document = await stack.status(meetingId);
  const status = links.size === 0 ? 'skipped' : 'synced';
  const misnamed = document.links.flatMap(({ objectType, id, via, from }) => {
    const step = from === null ? null : `${from.objectType}/${from.id}>${objectType}/${id}`;
    const known = step === null ? via !== 'cascade' : due.steps.has(step) || kept.has(`${objectType}/${id}`);
    return known ? [] : [`${objectType}/${id} is said to come from ${step}`];
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
    ...activityFaults(stack, 'meetings', 'hs_meeting_external_url', url, links),
    ...activityFaults(stack, 'notes', 'hs_note_body', url.replaceAll('&', '&amp;'), links),
  ];
}

/** Exactly one of each, on the timelines of what is linked, and on no others. */
function activityFaults(
  { sandbox: { crm } }: Stack,
  type: 'meetings' | 'notes',
  property: string,
  url: string,
  links: ExpectedLinks['links'],
): string[] {
  const activities = crm.list(type).filter(({ properties }) => properties[property]?.includes(url));
  const [activity] = activities;
  if (activity === undefined || activities.length > 1) {
    // A meeting that never had anybody to link to was never written.
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

/** As it is stored: a privacy deletion takes people out of it. */
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

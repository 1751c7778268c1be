import { setTimeout as sleep } from 'node:timers/promises';
import { postedMeetingSchema } from '../../src/meeting/intake/schema';
import { acceptMeeting } from '../../src/store/meetings/meetings';
import { meeting } from './meetings';
import type { Account, Stack } from './stack';

/** A stored meeting, and the contact in HubSpot that takes part in it. */
export interface BackfilledMeeting {
  readonly meetingId: string;
  readonly contactId: string;
}

/** Stores meetings as a backfill does. Each has one known participant. */
export async function backfilled(
  stack: Stack,
  name: string,
  count: number,
  { workspaceId, portalId }: Account = stack,
): Promise<BackfilledMeeting[]> {
  const made: BackfilledMeeting[] = [];
  for (let index = 0; index < count; index += 1) {
    const meetingId = `${name}-${index}`;
    const email = `${meetingId}@acme.example`;
    const contact = stack.sandbox.crm.create('contacts', { email }, { portalId });
    const participants = [{ email: 'ana.ruiz@northwind.example', internal: true }, { email }];
    const posted = postedMeetingSchema.parse(meeting({ meetingId, participants }));
    // oxlint-disable-next-line no-await-in-loop -- as a file is accepted
    await acceptMeeting(stack.product.db, { workspaceId, ...posted, backfilledAt: new Date() });
    made.push({ meetingId, contactId: contact.id });
  }
  return made;
}

/** Sweeps as the server does until none of the meetings is unfinished. */
export async function endedInBulk(stack: Stack, meetings: readonly BackfilledMeeting[]): Promise<void> {
  for (const { meetingId } of meetings) {
    // One after the other: hundreds of queries at once would wait for a connection for too long.
    // oxlint-disable-next-line no-await-in-loop -- polling
    while (['accepted', 'syncing'].includes((await stack.status(meetingId)).status)) {
      // oxlint-disable-next-line no-await-in-loop -- polling
      await stack.starter.sweep(0);
      // oxlint-disable-next-line no-await-in-loop -- polling
      await sleep(50);
    }
  }
}

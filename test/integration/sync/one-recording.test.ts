import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
  await stack.connect();
});
afterEach(() => stack.close());

test('meetings of one recording stay apart although HubSpot answers without trace ids', async () => {
  const { crm, settings } = stack.sandbox;
  settings.traceIdsInCreates = false;
  const people = Array.from({ length: 6 }, (_, index) => {
    const email = `p${index}@one-recording-${index}.example`;
    return { email, id: crm.create('contacts', { email }).id };
  });
  await Promise.all(
    people.map(async ({ email }, index) =>
      stack.sync(
        meeting({
          meetingId: `part-${index}`,
          title: `Part ${index}`,
          recordingUrl: 'https://app.northwind.example/meetings/shared',
          participants: [{ email }],
        }),
      ),
    ),
  );
  for (const [index, { id }] of people.entries()) {
    expect(crm.timeline('contacts', id)).toHaveLength(2);
    expect(crm.timeline('contacts', id).map(({ properties }) => properties['hs_meeting_title'] ?? null)).toContain(
      `Part ${index}`,
    );
    // oxlint-disable-next-line no-await-in-loop -- few
    expect(await stack.status(`part-${index}`)).toMatchObject({ status: 'synced' });
  }
});

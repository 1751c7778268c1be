import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FieldMapping } from '../../../src/meeting/fields/mapping';
import { changeSettings } from '../../../src/store/settings/settings';
import { backfilled, endedInBulk } from '../../support/bulk';
import { startStack, type Stack } from '../../support/stack';

/** `FIELD_MEETINGS=1000` counts the calls of a large backfill. */
const MEETINGS = Number(process.env['FIELD_MEETINGS'] ?? 100);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ longestLingerMs: 1_000 });
  await stack.connect();
});
afterAll(() => stack.close());

test(
  'backfilled meetings share the calls that write their values',
  async () => {
    const mapping = (field: string, property: string): FieldMapping => ({
      field,
      objectType: 'contacts',
      property,
      policy: 'ours',
    });
    const fieldMappings = [mapping('next_step', 'jobtitle'), mapping('last_meeting_title', 'message')];
    await changeSettings(stack.product.db, stack.workspaceId, { fieldMappings }, 'test');
    const meetings = await backfilled(stack, 'values', MEETINGS);
    stack.sandbox.requests.clear();
    await endedInBulk(stack, meetings);

    const calls = stack.sandbox.requests.list().length;
    process.stderr.write(`values in bulk: ${calls} calls for ${MEETINGS} meetings\n`);
    expect(calls).toBeLessThan(MEETINGS);
    for (const { contactId } of meetings)
      expect(stack.sandbox.crm.get('contacts', contactId)?.properties['message']).toBe(
        'Acme <> Northwind: discovery call',
      );
  },
  60_000 + MEETINGS * 500,
);

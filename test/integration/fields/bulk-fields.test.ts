import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FieldMapping } from '../../../src/meeting/fields/mapping';
import { changeSettings } from '../../../src/store/settings/settings';
import { backfilled, endedInBulk } from '../../support/bulk';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

/** `FIELD_MEETINGS=1000` counts the calls of a large backfill. */
const MEETINGS = Number(process.env['FIELD_MEETINGS'] ?? 100);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ longestLingerMs: 1_000 });
  await stack.connect();
});
afterAll(() => stack.close());

const mapping = (field: string, objectType: string, property: string): FieldMapping => ({
  field,
  objectType,
  property,
  policy: 'ours',
});

test(
  'backfilled meetings share the calls that write their values',
  async () => {
    const fieldMappings = [
      mapping('next_step', 'contacts', 'jobtitle'),
      mapping('last_meeting_title', 'contacts', 'message'),
    ];
    await changeSettings(stack.product.db, stack.workspaceId, { fieldMappings }, TEST_ACTOR);
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

test(
  'backfilled meetings of the same companies and deals share the calls that write to these',
  async () => {
    const { crm } = stack.sandbox;
    const fieldMappings = [
      mapping('next_step', 'contacts', 'jobtitle'),
      mapping('last_meeting_title', 'companies', 'description'),
      mapping('ai_score', 'deals', 'amount'),
    ];
    await changeSettings(stack.product.db, stack.workspaceId, { fieldMappings, createTasks: 'all' }, TEST_ACTOR);
    const meetings = await backfilled(stack, 'shared', MEETINGS);
    const companies = Array.from({ length: Math.ceil(MEETINGS / 5) }, (_, index) => {
      const company = crm.create('companies', { name: `Company ${index}` }).id;
      const deal = crm.create('deals', { dealname: 'D', pipeline: 'default', dealstage: 'contractsent' }).id;
      crm.associate('companies', company, 'deals', deal);
      for (const { contactId } of meetings.slice(index * 5, index * 5 + 5))
        crm.associate('contacts', contactId, 'companies', company);
      return company;
    });
    stack.sandbox.requests.clear();
    await endedInBulk(stack, meetings);

    const calls = stack.sandbox.requests.list().length;
    process.stderr.write(`values of shared records in bulk: ${calls} calls for ${MEETINGS} meetings\n`);
    expect(calls).toBeLessThan(MEETINGS);
    for (const id of companies)
      expect(crm.get('companies', id)?.properties['description']).toBe('Acme <> Northwind: discovery call');
  },
  60_000 + MEETINGS * 500,
);

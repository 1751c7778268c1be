import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { recordKey, type RecordRef } from '../../../src/meeting/cascade';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { FakeCrm } from './crm';
import { PlannedMeeting } from './plans';

const refs: RecordRef[] = [
  ...['1', '2'].map((id) => ({ objectType: 'contacts', id })),
  ...['3', '4'].map((id) => ({ objectType: 'companies', id })),
  ...['5', '6', '7', '8'].map((id) => ({ objectType: 'deals', id })),
  ...['9', '10'].map((id) => ({ objectType: '2-7', id })),
];
const ref = fc.constantFrom(...refs);
const edges = fc.array(fc.tuple(ref, ref), { maxLength: 20 });
const dealStates = fc.array(
  fc.record({
    pipeline: fc.constantFrom('a', 'b'),
    hs_is_closed: fc.constantFrom('true', 'false'),
    closedate: fc.constantFrom(null, '2026-11-01T00:00:00Z', '2026-11-09T00:00:00Z'),
    createdate: fc.constantFrom('2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z'),
  }),
  { minLength: 4, maxLength: 4 },
);
const settings: fc.Arbitrary<SettingsPatch> = fc.record({
  openDealsOnly: fc.boolean(),
  dealPipelines: fc.uniqueArray(fc.constantFrom('a', 'b')),
  maxDeals: fc.option(fc.integer({ min: 1, max: 4 })),
  customObjectTypes: fc.constantFrom([], ['2-7']),
  lateLinkDays: fc.constantFrom(0, 30),
});
const choices = fc.array(fc.record({ record: ref, choice: fc.constantFrom('linked' as const, 'unlinked' as const) }), {
  maxLength: 3,
});
const PLAIN: SettingsPatch = { openDealsOnly: false, dealPipelines: [], maxDeals: null };
const recordsOf = (links: readonly string[]) => links.map((link) => link.split(' ')[0]);

test('whatever the CRM, the settings and the choices: a second pass changes nothing, and settings only narrow', async () => {
  await fc.assert(
    fc.asyncProperty(edges, dealStates, settings, choices, async (pairs, states, patch, made) => {
      const crm = new FakeCrm();
      for (const { objectType, id } of refs) {
        const deal = states[Number(id) - 5] ?? {};
        const contact = { email: id === '1' ? 'marc@acme.example' : `other${id}@acme.example`, createdate: '' };
        crm.add(objectType, id, objectType === 'deals' ? deal : objectType === 'contacts' ? contact : {});
      }
      for (const [from, to] of pairs) crm.associate(from, to);
      const given = made.map(({ record, choice }) => ({ ...record, choice }));
      const meeting = new PlannedMeeting(crm).settings(patch).choose(...given);

      const first = await meeting.pass();
      expect(await meeting.links()).toEqual(first.links);
      expect(new Set(first.links).size).toBe(first.links.length);

      const last = new Map(given.map((choice) => [recordKey(choice), choice.choice]));
      for (const [key, choice] of last) {
        if (choice === 'linked') expect(first.links).toContain(`${key} manual`);
        else expect(recordsOf(first.links)).not.toContain(key);
      }
      const cascaded = first.links.filter((link) => link.startsWith('deals/') && link.includes(' cascade '));
      expect(cascaded.length).toBeLessThanOrEqual(patch.maxDeals ?? Infinity);

      // What is linked or left out by a rule is what would be linked without the rules, custom objects of deals aside.
      const whole = await new PlannedMeeting(crm)
        .settings({ ...patch, ...PLAIN })
        .choose(...given)
        .links();
      const out = first.leftOut.filter((reason) => /closed_deal|other_pipeline|beyond_max_deals/.test(reason));
      const standard = (links: readonly string[]) => recordsOf(links).filter((key) => !key?.startsWith('2-'));
      expect([...standard(first.links), ...recordsOf(out)].toSorted(compareText)).toEqual(
        standard(whole).toSorted(compareText),
      );

      // The rules taken off again, everything is linked again, as long as late links are made.
      if (patch.lateLinkDays === 30) expect(await meeting.settings(PLAIN).links()).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

function compareText(one: string | undefined, other: string | undefined): number {
  return (one ?? '').localeCompare(other ?? '');
}

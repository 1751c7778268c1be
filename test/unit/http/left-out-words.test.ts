import { expect, test } from '@jest/globals';
import { SETTING_FIELDS } from '../../../src/http/pages/settings/sync-settings-fields';
import { LEFT_OUT_RULES, recordLeftOut } from '../../../src/meeting/linking/left-out';

test('sentences name a setting as the pages label it', () => {
  const labels = SETTING_FIELDS.map(({ label }) => label);
  const sentences = LEFT_OUT_RULES.map((rule) => recordLeftOut(rule, { objectType: 'deals', id: '1' }).message);
  const named = sentences.flatMap((text) =>
    [...text.matchAll(/“(?<label>[^”]+)”/g)].map(({ groups }) => groups?.['label']),
  );
  expect(named.length).toBeGreaterThan(5);
  for (const label of named) expect(labels).toContain(label);
  for (const { name } of SETTING_FIELDS) expect(sentences.join(' ')).not.toContain(name);
});

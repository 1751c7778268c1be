import { expect, test } from '@jest/globals';
import {
  readSettingsForm,
  sentVersions,
  settingsForm,
  settingWords,
  storedVersions,
  valuesOf,
} from '../../../src/http/pages/settings/sync-settings-form';
import { SETTING_FIELDS } from '../../../src/http/pages/settings/sync-settings-fields';
import { settingNames, settingsSchema, type Settings } from '../../../src/meeting/settings';

const CHOICES = { pipelines: [{ value: 'default', label: 'Sales' }], objectTypes: [] };

/** The body that a browser sends: the form was made from `settings`, and `typed` is what a person changed. */
function sentBy(settings: Settings, typed: Record<string, string | string[] | undefined>) {
  const form = settingsForm({
    was: storedVersions(settings),
    values: valuesOf(settings),
    errors: new Map(),
    choices: CHOICES,
    notes: new Map(),
  });
  const fields: Record<string, string | string[] | undefined> = {};
  for (const field of form.sections.flatMap((section) => section.fields)) {
    fields[`was.${field.name}`] = field.was;
    if (field.kind === 'switch') fields[field.name] = field.on ? 'on' : undefined;
    else if (field.kind === 'number' || field.kind === 'lines')
      fields[field.name] = field.text.replaceAll('\n', '\r\n');
    else if (field.kind === 'one') fields[field.name] = field.text;
    else fields[field.name] = field.options.filter(({ chosen }) => chosen).map(({ value }) => value);
  }
  return Object.fromEntries(Object.entries({ ...fields, ...typed }).filter(([, value]) => value !== undefined));
}

const defaults = settingsSchema.parse({});
const rich = settingsSchema.parse({
  ownDomains: ['northwind.example', 'northwind-labs.example'],
  createMissingContacts: true,
  customObjectTypes: ['2-1', '2-22'],
  dealPipelines: ['default', 'gone'],
  maxDeals: 3,
  minimumMinutes: 5,
  excludedTitleWords: ['1:1', 'Stand-up, daily'],
  summaryType: 'note',
  lateLinkDays: 0,
  searchesPerSecond: 2,
});

test('Every setting has exactly one field', () => {
  expect(SETTING_FIELDS.map(({ name }) => name).toSorted()).toEqual([...settingNames].toSorted());
});

test.each([
  ['defaults', defaults],
  ['others', rich],
])('an unchanged form changes nothing: %s', (_name, settings) => {
  const { patch, errors } = readSettingsForm(sentBy(settings, {}));
  expect([...errors]).toEqual([]);
  expect(patch).toEqual({});
});

test('Only what was changed is in the patch', () => {
  const { patch } = readSettingsForm(
    sentBy(rich, {
      createMissingContacts: 'always',
      openDealsOnly: 'on',
      dealPipelines: 'default',
      maxDeals: ' ',
      minimumMinutes: ' 15 ',
      ownDomains: 'HTTPS://Northwind.example/about, acme.example;acme.example',
      excludedTitleWords: ' 1:1 \r\n\r\nStand-up, daily\n',
      summaryType: 'call',
    }),
  );
  expect(patch).toEqual({
    createMissingContacts: 'always',
    openDealsOnly: true,
    dealPipelines: ['default'],
    maxDeals: null,
    minimumMinutes: 15,
    ownDomains: ['northwind.example', 'acme.example'],
    summaryType: 'call',
  });
});

test.each([
  ['minimumMinutes', '', 'It must be a whole number from 0 to 1,440.'],
  ['minimumMinutes', '1441', 'It must be a whole number from 0 to 1,440.'],
  ['minimumMinutes', '-1', 'It must be a whole number from 0 to 1,440.'],
  ['maxDeals', '0', 'It must be a whole number from 1 to 1,000, or empty for all.'],
  ['lateMatchDays', '1.5', 'It must be a whole number of days from 0 to 365.'],
  ['ownDomains', 'acme.example\nacme', '“acme” must be a domain, for example acme.example.'],
  ['customObjectTypes', 'Projects', '“Projects” must be the 2-… id of a custom object type.'],
  ['createMissingContacts', 'sometimes', 'It must be never, unknown_company or always.'],
  ['summaryType', 'letter', 'It must be meeting, call or note.'],
] as const)('%s = %j is refused at the field, which keeps it', (name, typed, error) => {
  const body = sentBy(defaults, { [name]: typed, externalOnly: 'on' });
  const { patch, errors, values } = readSettingsForm(body);
  expect(patch).toEqual({});
  expect([...errors]).toEqual([[name, [error]]]);
  const form = settingsForm({ was: sentVersions(body), values, errors, choices: CHOICES, notes: new Map() });
  const fields = form.sections.flatMap((section) => section.fields);
  const field = fields.find((each) => each.name === name);
  expect(field).toMatchObject({ errors: [error], isFirstInvalid: true });
  if (field?.kind === 'number' || field?.kind === 'lines') expect(field.text).toBe(typed);
  expect(fields.find((each) => each.name === 'externalOnly')).toMatchObject({ on: true, isFirstInvalid: false });
  // The corrected form is sent again and still contains the earlier change.
  const again = readSettingsForm({ ...body, [name]: sentBy(defaults, {})[name] });
  expect(again.patch).toEqual({ externalOnly: true });
});

test('A pipeline that HubSpot no longer has stays selected until it is removed', () => {
  const form = settingsForm({
    was: storedVersions(rich),
    values: valuesOf(rich),
    errors: new Map(),
    choices: CHOICES,
    notes: new Map(),
  });
  const fields = form.sections.flatMap((section) => section.fields);
  expect(fields.find(({ name }) => name === 'dealPipelines')).toMatchObject({
    kind: 'choices',
    options: [
      { value: 'default', label: 'Sales', chosen: true },
      { value: 'gone', label: 'gone (not known in HubSpot)', chosen: true },
    ],
  });
  expect(fields.find(({ name }) => name === 'customObjectTypes')).toMatchObject({ kind: 'lines', text: '2-1\n2-22' });
});

test.each([
  ['externalOnly', true, 'on'],
  ['maxDeals', null, 'all'],
  ['maxDeals', 3, '3 deals'],
  ['dealPipelines', [], 'all'],
  ['dealPipelines', ['default', 'x'], 'Sales, x'],
  ['ownDomains', [], "only the host's"],
  ['excludedTitleWords', ['a', 'b'], 'a, b'],
  ['summaryType', 'call', 'a call'],
] as const)('%s %j reads “%s”', (name, value, words) => {
  expect(settingWords(name, value, CHOICES)).toBe(words);
});

import { expect, test } from '@jest/globals';
import { inLanguage } from '../../../src/languages/language';
import {
  readSettingsForm,
  sentVersions,
  settingsForm,
  settingWords,
  storedVersions,
  valuesOf,
} from '../../../src/http/pages/settings/sync-settings-form';
import { OUTSIDE_THE_FORM } from '../../../src/http/pages/settings/fields/setting-field';
import {
  fieldsOf,
  SETTING_FIELDS,
  SETTINGS_FORMS,
  type SettingsFormId,
} from '../../../src/http/pages/settings/sync-settings-fields';
import { settingNames, settingsSchema, type SettingName, type Settings } from '../../../src/meeting/settings';

const CHOICES = { pipelines: [{ value: 'default', label: 'Sales' }], objectTypes: [] };

/** The page that has a setting. */
function pageOf(name: SettingName): SettingsFormId {
  const ids = Object.keys(SETTINGS_FORMS) as SettingsFormId[];
  const found = ids.find((id) => fieldsOf(id).some((field) => field.name === name));
  if (found === undefined) throw new Error(`no page has ${name}`);
  return found;
}

/** The body that a browser sends: the form of the page was made from `settings`, and `typed` is what a person changed. */
function sentBy(id: SettingsFormId, settings: Settings, typed: Record<string, string | string[] | undefined>) {
  const form = settingsForm({
    id,
    was: storedVersions(settings),
    values: valuesOf(settings),
    errors: new Map(),
    choices: CHOICES,
    notes: new Map(),
  });
  const fields: Record<string, string | string[] | undefined> = {};
  for (const field of form.groups.flatMap((group) => group.fields)) {
    fields[`was.${field.name}`] = field.was;
    if (field.kind === 'switch') fields[field.name] = field.on ? 'on' : undefined;
    else if (field.kind === 'number' || field.kind === 'text' || field.kind === 'lines')
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
  recordingLinkFormat: null,
  lateLinkDays: 0,
  searchesPerSecond: 2,
});

test('Every setting has exactly one field', () => {
  const named = [...SETTING_FIELDS.map(({ name }) => name), ...Object.keys(OUTSIDE_THE_FORM)];
  expect(named.toSorted()).toEqual([...settingNames].toSorted());
});

test.each(
  (Object.keys(SETTINGS_FORMS) as SettingsFormId[]).flatMap((id) => [
    [id, 'defaults', defaults] as const,
    [id, 'others', rich] as const,
  ]),
)('an unchanged form changes nothing: %s, %s', (id, _name, settings) => {
  const { patch, errors } = readSettingsForm(id, sentBy(id, settings, {}));
  expect([...errors]).toEqual([]);
  expect(patch).toEqual({});
});

test('Only what was changed is in the patch', () => {
  const { patch } = readSettingsForm(
    'linking',
    sentBy('linking', rich, {
      createMissingContacts: 'always',
      openDealsOnly: 'on',
      dealPipelines: 'default',
      maxDeals: ' ',
    }),
  );
  expect(patch).toEqual({
    createMissingContacts: 'always',
    openDealsOnly: true,
    dealPipelines: ['default'],
    maxDeals: null,
  });
});

test('Texts are read as people type them', () => {
  const { patch } = readSettingsForm(
    'meetings',
    sentBy('meetings', rich, {
      minimumMinutes: ' 15 ',
      ownDomains: 'HTTPS://Northwind.example/about, acme.example;acme.example',
      excludedTitleWords: ' 1:1 \r\n\r\nStand-up, daily\n',
    }),
  );
  expect(patch).toEqual({ minimumMinutes: 15, ownDomains: ['northwind.example', 'acme.example'] });
});

test('An empty form of the links means no links', () => {
  const typed = (recordingLinkFormat: string) =>
    readSettingsForm('appearance', sentBy('appearance', defaults, { recordingLinkFormat })).patch;
  expect(typed('  ')).toEqual({ recordingLinkFormat: null });
  expect(typed(' {url}?t={seconds} ')).toEqual({ recordingLinkFormat: '{url}?t={seconds}' });
  expect(typed(' {url} ')).toEqual({});
});

test('A page saves its own fields only', () => {
  const body = {
    ...sentBy('linking', rich, {}),
    ...sentBy('appearance', rich, { summaryType: 'call', maxDeals: '9' }),
  };
  expect(readSettingsForm('appearance', body).patch).toEqual({ summaryType: 'call' });
});

/** Another change of each page. */
const OTHERS = {
  meetings: { typed: { externalOnly: 'on' }, patch: { externalOnly: true } },
  linking: { typed: { openDealsOnly: 'on' }, patch: { openDealsOnly: true } },
  appearance: { typed: { joinCalendarMeeting: 'on' }, patch: { joinCalendarMeeting: true } },
  hubspot: { typed: {}, patch: {} },
} as const;

test.each([
  ['minimumMinutes', '', 'It must be a whole number from 0 to 1,440.'],
  ['minimumMinutes', '1441', 'It must be a whole number from 0 to 1,440.'],
  ['minimumMinutes', '-1', 'It must be a whole number from 0 to 1,440.'],
  ['maxDeals', '0', 'It must be a whole number from 1 to 1,000, or empty for all.'],
  ['lateMatchDays', '1.5', 'It must be a whole number of days from 0 to 365.'],
  ['ownDomains', 'acme.example\nacme', '“acme” must be a domain, for example acme.example.'],
  ['customObjectTypes', 'Projects', '“Projects” must be the 2-… id of a custom object type.'],
  ['createMissingContacts', 'sometimes', 'It must be never, unknown_company or always.'],
  [
    'recordingLinkFormat',
    '{url}#{where}',
    'It must not contain "{where}": it takes {url}, {encodedUrl}, {meetingId}, {seconds}, {milliseconds} and text without braces.',
  ],
  ['summaryType', 'letter', 'It must be meeting, call or note.'],
] as const)('%s = %j is refused at the field, which keeps it', (name, typed, error) => {
  const id = pageOf(name);
  const other = OTHERS[id];
  const body = sentBy(id, defaults, { [name]: typed, ...other.typed });
  const { patch, errors, values } = readSettingsForm(id, body);
  expect(patch).toEqual({});
  expect([...errors]).toEqual([[name, [error]]]);
  const form = settingsForm({ id, was: sentVersions(body), values, errors, choices: CHOICES, notes: new Map() });
  const fields = form.groups.flatMap((group) => group.fields);
  const field = fields.find((each) => each.name === name);
  expect(field).toMatchObject({ errors: [error], isFirstInvalid: true });
  if (field?.kind === 'number' || field?.kind === 'text' || field?.kind === 'lines') expect(field.text).toBe(typed);
  expect(form.groups.map(({ open }) => open)).toEqual(
    form.groups.map(({ fields: inGroup }) => inGroup.some((each) => each.name === name)),
  );
  // The corrected form is sent again and still contains the earlier change.
  const again = readSettingsForm(id, { ...body, [name]: sentBy(id, defaults, {})[name] });
  expect(again.patch).toEqual(other.patch);
});

test.each([
  ['minimumMinutes', '1441', 'Este valor debe ser un número entero de 0 a 1440.'],
  ['maxDeals', '0', 'Este valor debe ser un número entero de 1 a 1000, o quedar vacío para todos.'],
  ['ownDomains', 'acme', '«acme» debe ser un dominio, por ejemplo acme.example.'],
  [
    'recordingLinkFormat',
    '{url}#{where}',
    'Este valor no debe contener «{where}»: admite {url}, {encodedUrl}, {meetingId}, {seconds}, {milliseconds} y texto sin llaves.',
  ],
] as const)('%s = %j is refused in Spanish', (name, typed, error) => {
  const id = pageOf(name);
  const body = sentBy(id, defaults, { [name]: typed });
  const { errors } = inLanguage('es', () => readSettingsForm(id, body));
  expect([...errors]).toEqual([[name, [error]]]);
});

test('The change log has values in the language of the request', () => {
  const words = inLanguage('es', () => [
    settingWords('externalOnly', true, CHOICES),
    settingWords('minimumMinutes', 1_440, CHOICES),
    settingWords('maxDeals', null, CHOICES),
    settingWords('createTasks', 'internal', CHOICES),
    settingWords('dealPipelines', ['default'], CHOICES),
  ]);
  expect(words).toEqual(['activado', '1440 minutos', 'todos', 'Para los pasos de compañeros', 'Sales']);
});

test('A pipeline that HubSpot no longer has stays selected until it is removed', () => {
  const form = settingsForm({
    id: 'linking',
    was: storedVersions(rich),
    values: valuesOf(rich),
    errors: new Map(),
    choices: CHOICES,
    notes: new Map(),
  });
  const fields = form.groups.flatMap((group) => group.fields);
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
  ['minimumMinutes', 1, '1 minute'],
  ['searchesPerSecond', 3, '3 per second'],
  ['recordingLinkFormat', null, 'no links'],
  ['recordingLinkFormat', '{url}?t={seconds}', '{url}?t={seconds}'],
  ['dealPipelines', [], 'all'],
  ['dealPipelines', ['default', 'x'], 'Sales, x'],
  ['ownDomains', [], 'only the host’s'],
  ['excludedTitleWords', ['a', 'b'], 'a, b'],
  ['summaryType', 'call', 'Call'],
  ['fieldMappings', [], 'none'],
  [
    'fieldMappings',
    [{ field: 'ai_score', objectType: 'deals', property: 'score', policy: 'always' }],
    'AI score → Deal · score (Always replace)',
  ],
  ['fieldDeals', 'all', 'All deals'],
] as const)('%s %j reads “%s”', (name, value, words) => {
  expect(settingWords(name, value, CHOICES)).toBe(words);
});

test.each(SETTING_FIELDS.map((field) => [field.name, field] as const))(
  'errors of %s have no English word in Spanish',
  (name, { kind }) => {
    const page = pageOf(name);
    const wrong = kind === 'switch' ? [] : ['-1', '1.5', 'x y', 'x'.repeat(501), '{nope}', '99999', ' '];
    for (const text of wrong)
      for (const sentence of inLanguage('es', () => readSettingsForm(page, { [name]: text })).errors.get(name) ?? [])
        expect(sentence).not.toMatch(/\b(?:must|null|is|or|not|the)\b/);
  },
);

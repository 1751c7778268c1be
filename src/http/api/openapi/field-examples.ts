const TIME = '2026-11-06T10:00:00.000Z';

/**
 * Examples of fields and parameters whose schema has a description and no example of its own. An entry with the field's
 * parent (`items.text`) is stronger.
 */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  // Meetings
  title: 'Acme <> Northwind: demo',
  startedAt: '2026-11-06T11:00:00+01:00',
  endedAt: '2026-11-06T11:45:00+01:00',
  language: 'en',
  email: 'laia.pons@acme.example',
  'host.email': 'ana.ruiz@northwind.example',
  name: 'Laia Pons',
  'host.name': 'Ana Ruiz',
  'smartCategories.name': 'Objections',
  phone: '+34 600 000 000',
  'aiScore.value': 78,
  max: 100,
  text: 'Send the security questionnaire',
  'items.text': 'They compare two offers.',
  'topics.title': 'Budget',
  dueDate: '2026-11-13',
  dueAt: '2026-11-10T08:00:00.000Z',
  'nextSteps.id': 'step-1',
  ownerEmail: 'ana.ruiz@northwind.example',
  kind: 'clip',
  startSeconds: 312,
  endSeconds: 340,
  clipUrl: 'https://app.northwind.example/clips/1',
  sameEvent: ['acme-demo-2026-11-06-ana'],
  nextCursor: 'eyJhZnRlciI6MTIzfQ',
  previousCursor: 'eyJiZWZvcmUiOjQ1Nn0',
  // Refusals
  raw: 'Property "amount" is required.',
  correlationId: '0d9c1e9e-6a54-4f7e-9c43-6f3ad1a3a5f1',
  'properties.settings': 'https://app.hubspot.com/property-settings/4815162/properties?type=0-1&property=hs_timestamp',
  // Values into properties
  value: '78',
  before: '64',
  after: '78',
  id: '144300000526',
  reason: 'A person changed the value in HubSpot.',
  message: 'The property was created.',
  stepId: 'step-1',
  // Reviews
  recordName: 'Acme pilot',
  recordUrl: 'https://app.hubspot.com/contacts/4815162/record/0-3/144300000526',
  present: '30000',
  proposed: '40000',
  decidedAt: TIME,
  decidedBy: 'Ana Ruiz',
  writtenAt: TIME,
  // Previews
  'summary.title': 'Acme <> Northwind: demo',
  'notes.title': 'Smart Category Notes',
  body: '<p><strong>Overview</strong></p><p>Acme wants to begin in January.</p>',
  // Counts and times
  requested: 12,
  left: 3,
  waiting: 2,
  perMinute: 120,
  total: 12,
  score: 78,
  nextOffset: 50,
  lines: 100,
  meetings: 99,
  linesWithWarnings: 3,
  doubles: 1,
  joined: 4,
  unchecked: 0,
  meetingsLeft: 0,
  lastUsedAt: TIME,
  lastError: 'HubSpot did not answer.',
  // Connection
  dataLocation: 'eu1',
  erasesActivities: true,
  unusedScopes: ['crm.schemas.custom.write'],
  key: 'hms_2b7e151628aed2a6abf7158809cf4f3c',
  // Reports
  filters: { from: '2026-10-01', to: '2026-12-31' },
  values: ['meetings'],
  timeZone: 'Europe/Madrid',
  'Report.notes': ['Meetings without a score do not count.'],
  options: ['interval'],
  // Records
  detail: 'Acme, laia.pons@acme.example',
  // Parameters
  q: 'acme',
  from: '2026-10-01',
  to: '2026-12-31',
  record: 'deals/144300000526',
  cursor: 'eyJhZnRlciI6MTIzfQ',
  owner: 'ana.ruiz@northwind.example',
  pipeline: 'default',
  stage: 'appointmentscheduled',
  company: '144300000526',
  object: '2-123/456',
  industry: 'COMPUTER_SOFTWARE',
  lifecycleStage: 'customer',
  jobTitle: 'Head of Sales',
  limit: 25,
  days: 30,
};

/** The example of a field, by its parent's name first; undefined without one. */
export function exampleOfField(parent: string, name: string): unknown {
  const whole = `${parent}.${name}`;
  return Object.hasOwn(EXAMPLES, whole) ? EXAMPLES[whole] : EXAMPLES[name];
}

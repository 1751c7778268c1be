import { useState } from 'react';
import { beforeEach, expect, jest, test } from '@jest/globals';
import {
  Alert,
  Button,
  DescriptionListItem,
  EmptyState,
  ErrorState,
  hubspot,
  Link,
  LoadingSpinner,
  StatusTag,
  Tag,
  Text,
  Tile,
} from '@hubspot/ui-extensions';
import { createRenderer } from '@hubspot/ui-extensions/testing';
import { PUBLIC_URL, type Answer, type Meeting } from '../backend';
import { MeetingsCard } from '../MeetingsCard';
import fromServer from './answer.json';

const fetched = jest.spyOn(hubspot, 'fetch');
beforeEach(() => {
  fetched.mockReset();
});

const meeting = (changes: Partial<Meeting> = {}): Meeting => ({
  meetingId: 'm1',
  title: 'Acme <> Northwind: discovery call',
  startedAt: '2026-11-03T09:00:00.000Z',
  status: 'synced',
  score: { value: 82, max: 100, label: 'Good discovery' },
  topics: ['Budget & timing', 'Security'],
  topicCount: 2,
  nextSteps: [],
  nextStepCount: 0,
  recordingUrl: 'https://app.northwind.example/meetings/m1',
  url: 'https://meetings.northwind.example/meetings/m1',
  ...changes,
});

const connected = (
  meetings: readonly Meeting[],
  total = meetings.length,
  state: 'connected' | 'reauthorize' = 'connected',
): Answer => ({
  state,
  meetings,
  total,
  meetingsUrl: 'https://meetings.northwind.example/meetings?record=contacts%2F123',
  settingsUrl: 'https://meetings.northwind.example/settings/integrations',
});

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

/** The next request is answered when the test says so. */
function heldRequest() {
  let answer: (response: Response) => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    fetched.mockImplementationOnce(() => {
      resolve();
      return new Promise((settle) => {
        answer = settle;
      });
    });
  });
  return { asked, answer: (response: Response) => answer(response) };
}

/** The card as HubSpot's renderer draws it for one record, once it no longer loads. */
async function shown(
  answer: Answer | Response | Error,
  options: { location?: 'crm.record.tab' | 'crm.record.sidebar'; objectTypeId?: string } = {},
) {
  if (answer instanceof Error) fetched.mockRejectedValueOnce(answer);
  else fetched.mockResolvedValueOnce(answer instanceof Response ? answer : json(answer));
  const renderer = createRenderer(options.location ?? 'crm.record.tab');
  const { context } = renderer.mocks;
  context.portal.timezone = 'Europe/Madrid';
  context.user.locale = 'en-gb';
  context.crm.objectTypeId = options.objectTypeId ?? '0-1';
  renderer.render(<MeetingsCard context={context} />);
  await renderer.waitFor(() => expect(renderer.maybeFind(LoadingSpinner)).toBeNull());
  return renderer;
}

interface Node {
  readonly text: string | null;
  readonly childNodes?: readonly Node[];
}
/** All text below a node. Its own `text` is only the text directly in it. */
const textOf = (node: Node): string =>
  node.childNodes === undefined ? (node.text ?? '') : node.childNodes.map(textOf).join(' ');
const linksOf = (renderer: Awaited<ReturnType<typeof shown>>) =>
  renderer.findAll(Link).map((link) => [link.text, link.props.href]);

test('it shows that it loads, and asks our server for the open record', async () => {
  const { asked } = heldRequest();
  const renderer = createRenderer('crm.record.tab');
  renderer.mocks.context.crm = { objectId: 151, objectTypeId: '0-3' };
  renderer.render(<MeetingsCard context={renderer.mocks.context} />);
  expect(renderer.find(LoadingSpinner).props).toMatchObject({ label: 'Loading the meetings…', showLabel: true });
  await asked;
  expect(fetched.mock.calls).toEqual([
    [
      'https://meetings.northwind.example/hubspot/card?objectTypeId=0-3&recordId=151&limit=5',
      { method: 'GET', timeout: 10_000 },
    ],
  ]);
});

test('a step that is done, and one whose task is open', async () => {
  const task = (state: 'open' | 'completed' | 'deleted') => ({
    state,
    url: `https://app.hubspot.com/tasks/7/view/${state}`,
  });
  const late = { owner: null, dueDate: '2026-11-06', due: 'overdue' as const };
  const card = await shown(
    connected([
      meeting({
        nextSteps: [
          { text: 'Done', ...late, task: task('completed') },
          { text: 'Open', ...late, task: task('open') },
          { text: 'Deleted', ...late, task: task('deleted') },
        ],
        nextStepCount: 3,
      }),
    ]),
  );
  expect(card.findAll(Tag).map((tag) => [tag.text, tag.props.variant])).toEqual([
    ['AI Score 82 of 100: Good discovery', 'info'],
    ['Completed', 'success'],
    ['Overdue since 6 Nov 2026', 'error'],
  ]);
  expect(linksOf(card)).toContainEqual(['Open', { url: 'https://app.hubspot.com/tasks/7/view/open', external: true }]);
  expect(linksOf(card).map(([text]) => text)).not.toContain('Deleted');
});

test('a meeting with everything', async () => {
  const card = await shown(
    connected([
      meeting({
        topicCount: 7,
        nextSteps: [
          { text: 'Send the questionnaire', owner: 'Ana Ruiz', dueDate: '2026-11-06', due: 'overdue' },
          { text: 'Call back', owner: null, dueDate: '2026-11-23', due: 'today' },
          { text: 'Prepare the offer', owner: null, dueDate: '2026-12-01', due: 'later' },
          { text: 'Invite the team', owner: null, dueDate: null, due: null },
        ],
        nextStepCount: 6,
      }),
    ]),
  );
  expect(card.findAll(Text).map((text) => text.text)).toEqual([
    '3 Nov 2026, 10:00',
    'Topics: Budget & timing, Security and 5 more',
    'Next steps',
    'Send the questionnaire (Ana Ruiz)',
    'Call back',
    'Prepare the offer',
    'Invite the team',
  ]);
  expect(card.findAll(Tag).map((tag) => [tag.text, tag.props.variant])).toEqual([
    ['AI Score 82 of 100: Good discovery', 'info'],
    ['Overdue since 6 Nov 2026', 'error'],
    ['Due today', 'warning'],
    ['Due 1 Dec 2026', 'default'],
  ]);
  const external = true;
  expect(linksOf(card)).toEqual([
    ['Acme <> Northwind: discovery call', { url: 'https://meetings.northwind.example/meetings/m1', external }],
    ['2 more next steps', { url: 'https://meetings.northwind.example/meetings/m1', external }],
    ['Watch the recording', { url: 'https://app.northwind.example/meetings/m1', external }],
  ]);
  expect(card.maybeFind(StatusTag)).toBeNull();
});

// The server's tests hold it to the same file.
test('what the server answers is drawn whole', async () => {
  const card = await shown(json(fromServer));
  expect(textOf(card.getRootNode()).replaceAll(/\s+/gu, ' ').trim()).toBe(
    [
      '2 suggestions wait for a review Send the offer From a meeting',
      'Acme <> Northwind: demo 10 Nov 2026, 10:00 AI Score 82 of 100: Good demo',
      'Topics: Budget & timing, Security, Rollout, Training, Support and 1 more Next steps',
      'Send the questionnaire (Ana Ruiz) Overdue since 2 Jan 2020',
      'Prepare the offer Due 31 Dec 2099 Invite the team Watch the recording Show on the timeline',
      'Acme <> Northwind: first call 3 Nov 2026, 10:00 Needs attention Watch the recording',
      'All 3 meetings',
    ].join(' '),
  );
  expect(fromServer.meetingsUrl.startsWith(`${PUBLIC_URL}/`)).toBe(true);
});

test('a waiting meeting with little content', async () => {
  const card = await shown(
    connected([meeting({ status: 'waiting', score: null, topics: [], topicCount: 0, recordingUrl: null })]),
  );
  expect(card.findAll(Text).map((text) => text.text)).toEqual(['3 Nov 2026, 10:00']);
  expect(card.find(StatusTag).text).toBe('Waiting for HubSpot');
  expect(linksOf(card)).toHaveLength(1);
});

test.each([
  ['0-1', 'this contact took part'],
  ['0-2', "company's contacts"],
  ['0-3', "deal's contacts"],
])('no meetings of a %s yet: it explains how meetings appear', async (objectTypeId, words) => {
  const card = await shown(connected([]), { objectTypeId });
  expect(card.find(EmptyState).props.title).toBe('No meetings yet');
  expect(textOf(card.find(EmptyState))).toContain(words);
});

test('more meetings than fit link to all of them', async () => {
  const two = [meeting(), meeting({ meetingId: 'm2', title: 'Demo' })];
  const more = await shown(connected(two, 23));
  expect(more.findAll(Tile)).toHaveLength(2);
  expect(linksOf(more).at(-1)).toEqual([
    'All 23 meetings',
    { url: 'https://meetings.northwind.example/meetings?record=contacts%2F123', external: true },
  ]);
  expect(textOf((await shown(connected(two))).getRootNode())).not.toContain('All 2 meetings');
});

test('the sidebar asks for three', async () => {
  await shown(connected([]), { location: 'crm.record.sidebar' });
  expect(String(fetched.mock.calls[0]?.[0])).toMatch(/&limit=3$/u);
});

test('not connected: it shows who connects it, and where', async () => {
  const settingsUrl = 'https://meetings.northwind.example/settings/integrations';
  const card = await shown({ state: 'not_connected', settingsUrl });
  expect(card.find(ErrorState).props).toMatchObject({ title: expect.stringContaining('not connected'), type: 'lock' });
  expect(textOf(card.find(ErrorState))).toContain('Ask a HubSpot Super Admin to connect it');
  expect(card.find(Button).props.href).toEqual({ url: settingsUrl, external: true });
});

test('a connection that needs Reconnect still shows the meetings', async () => {
  const card = await shown(connected([meeting()], 1, 'reauthorize'));
  expect(textOf(card.find(Alert))).toContain('presses Reconnect');
  expect(card.findAll(Tile)).toHaveLength(1);
});

test.each<[string, Response | Error, string]>([
  ['the server does not answer', new Error('Request timed out'), 'Request timed out'],
  [
    'our server refuses',
    json({ title: 'x', detail: 'recordId: must be the id of a record' }, 400),
    'recordId: must be',
  ],
  [
    'HubSpot’s proxy wraps the refusal',
    json({ status: 'error', message: 'Bad gateway', responseBody: { detail: 'The request is not signed' } }, 502),
    'The request is not signed',
  ],
  ['a page instead of JSON', new Response('<html>', { status: 502 }), 'answered with status 502'],
  ['a response that is not ours', json({ hello: 'world' }), 'answered with status 200'],
])('an error shows its message and can be tried again: %s', async (_, answer, words) => {
  const card = await shown(answer);
  expect(textOf(card.find(ErrorState))).toContain(words);
  fetched.mockResolvedValueOnce(json(connected([meeting()])));
  card.find(Button).trigger('onClick');
  await card.waitFor(() => expect(card.findAll(Tile)).toHaveLength(1));
  expect(card.maybeFind(ErrorState)).toBeNull();
});

test('another record is loaded again, and a late response about the first is dropped', async () => {
  const first = heldRequest();
  fetched.mockResolvedValueOnce(json(connected([meeting({ title: 'About the second' })])));
  const renderer = createRenderer('crm.record.tab');
  let open: (objectId: number) => void = () => undefined;
  let mark: (word: string) => void = () => undefined;
  const Page = () => {
    const [objectId, setObjectId] = useState(1);
    const [word, setWord] = useState('');
    open = setObjectId;
    mark = setWord;
    return (
      <>
        <Text>{word}</Text>
        <MeetingsCard context={{ ...renderer.mocks.context, crm: { objectId, objectTypeId: '0-1' } }} />
      </>
    );
  };
  renderer.render(<Page />);
  await first.asked;
  open(2);
  await renderer.waitFor(() => expect(textOf(renderer.getRootNode())).toContain('About the second'));
  const late = json(connected([meeting({ title: 'About the first' })]));
  const read = jest.spyOn(late, 'json');
  first.answer(late);
  // oxlint-disable-next-line no-await-in-loop -- until it is read
  while (read.mock.results.length === 0) await Promise.resolve();
  await read.mock.results[0]?.value;
  await Promise.resolve();
  await Promise.resolve();
  // By the time that this is drawn, the late answer would have been drawn too.
  mark('drawn again');
  await renderer.waitFor(() => expect(textOf(renderer.getRootNode())).toContain('drawn again'));
  expect(textOf(renderer.getRootNode())).toContain('About the second');
  expect(textOf(renderer.getRootNode())).not.toContain('About the first');
});

test('a config profile names another server', async () => {
  fetched.mockResolvedValueOnce(json(connected([])));
  const renderer = createRenderer('crm.record.tab');
  renderer.mocks.context.variables = { PUBLIC_URL: 'https://staging.northwind.example/' };
  renderer.render(<MeetingsCard context={renderer.mocks.context} />);
  await renderer.waitFor(() => expect(renderer.maybeFind(EmptyState)).not.toBeNull());
  expect(String(fetched.mock.calls[0]?.[0])).toMatch(/^https:\/\/staging\.northwind\.example\/hubspot\/card\?/u);
});

test('the values that meetings wrote, and how many suggestions wait', async () => {
  const reviewsUrl = 'https://meetings.northwind.example/reviews?record=contacts%2F1';
  const values = [{ label: 'Next step', value: 'Send the offer', meetingUrl: 'https://meetings.northwind.example/m' }];
  const card = await shown(json({ ...connected([meeting()]), values, openReviews: 2, reviewsUrl }));
  expect(textOf(card.getRootNode())).toMatch(/2 suggestions wait for a review[\s\S]*Send the offer/u);
  expect(card.find(DescriptionListItem).props.label).toBe('Next step');
  expect(card.findAll(Link).map(({ props }) => props.href)).toContainEqual({ url: reviewsUrl, external: true });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { meeting } from '../../support/meetings';
import { startPrograms, type Programs } from '../../support/programs';

/** Words that occur only in meetings and in HubSpot's responses. */
const WORDS = {
  title: 'Zebrawood',
  overview: 'Quillfeather',
  topic: 'Marzipanical',
  step: 'Umbrellastand',
  note: 'Oysterknife',
  name: 'Persephassa',
  address: 'persephassa',
  domain: 'orchardgate.example',
  clip: 'c-clipsecret',
};
const ADDRESS = `${WORDS.address}@${WORDS.domain}`;

function secretMeeting(meetingId: string) {
  return meeting({
    meetingId,
    title: WORDS.title,
    participants: [
      { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz', internal: true },
      { email: ADDRESS, name: WORDS.name },
    ],
    summary: {
      overview: `${WORDS.overview} <b>&`,
      topics: [{ title: WORDS.topic, detail: WORDS.topic }],
      nextSteps: [{ text: WORDS.step, owner: 'Ana Ruiz', dueDate: '2026-11-06' }],
    },
    smartCategories: [
      {
        name: WORDS.note,
        items: [{ kind: 'clip', text: WORDS.note, startSeconds: 1, clipUrl: `https://clips.example/${WORDS.clip}` }],
      },
    ],
  });
}

/** Errors as HubSpot sends them: the messages quote the request, here a property value or a searched address. */
const refusal = (message: string, category = 'VALIDATION_ERROR') => ({
  status: 'error',
  category,
  correlationId: 'b5a7d4c0-0000-4000-8000-000000000000',
  message,
});
const quotesTitle = refusal(
  `Property values were not valid: [{"isValid":false,"message":"\\"${WORDS.title}\\" was not one of the allowed ` +
    `options","error":"INVALID_OPTION","name":"hs_meeting_title"}]`,
);
const quotesAddress = refusal(`The contact e:${ADDRESS} does not exist.`);

/** Matches the sandbox's codes, refresh tokens, access tokens (also the app's own) and signed journal URLs. */
const TOKEN = /\b(?:eu1-[0-9a-f-]{36,}|[AC][\w-]{100,}|signature=)/;

let programs: Programs;
beforeAll(async () => {
  programs = await startPrograms({ LOG_LEVEL: 'trace' });
  programs.sandbox.settings.journal.access = 'granted';
  programs.sandbox.crm.create('contacts', { email: ADDRESS });
});
afterAll(() => programs.stop());

test('no failure puts a token, an address or meeting content into a log line or a history', async () => {
  const { sandbox } = programs;
  const settledAs: Record<string, string> = {};
  const run = async (meetingId: string) => {
    const { status, reason } = await programs.sync(secretMeeting(meetingId), 'synced', 'skipped', 'needs_attention');
    settledAs[meetingId] = reason?.code ?? status;
  };

  await run('unconnected');
  await programs.connect();
  // The journal is read for custom objects.
  const schema = await fetch(`${sandbox.url}/crm-object-schemas/2026-03/schemas`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.tokens.issue().accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'project',
      labels: { singular: 'Project', plural: 'Projects' },
      primaryDisplayProperty: 'project_name',
      requiredProperties: ['project_name'],
      properties: [{ name: 'project_name', label: 'Name', type: 'string', fieldType: 'text' }],
      associatedObjects: ['CONTACT'],
    }),
  });
  const { objectTypeId } = z.object({ objectTypeId: z.string() }).parse(await schema.json());
  const changed = await programs.call('PATCH', '/api/v1/settings', { customObjectTypes: [objectTypeId] });
  expect(changed.status).toBe(200);
  await programs.until('unconnected', 'synced');
  await run('plain');

  sandbox.tokens.expire(programs.portalId);
  for (const kind of ['html-502', 'cut-json', 'apply-then-cut', 'locked-423', 'expired-401'] as const) {
    sandbox.faults.add({ match: { path: '/crm/' }, times: 1, action: { kind } });
  }
  await run('faults');

  sandbox.faults.add({
    match: { path: 'meetings/batch/create' },
    times: 4,
    action: { kind: 'status', status: 400, body: quotesTitle },
  });
  await run('refused');
  sandbox.faults.clear();
  sandbox.faults.add({
    match: { path: 'contacts/batch/read' },
    times: 1,
    action: { kind: 'status', status: 207, body: { status: 'COMPLETE', results: [], errors: [quotesAddress] } },
  });
  await run('refused-in-a-batch');
  sandbox.faults.clear();
  sandbox.faults.add({
    match: { path: '/crm/' },

    action: { kind: 'status', status: 403, body: refusal(quotesAddress.message, 'MISSING_SCOPES') },
  });
  await run('scope');
  sandbox.faults.clear();

  // Invalid input in every part of a request.
  const bad = [
    programs.call('POST', '/api/v1/meetings', { ...secretMeeting('bad'), [WORDS.title]: ADDRESS }),
    programs.call('POST', '/api/v1/meetings', {
      ...secretMeeting('bad'),
      startedAt: WORDS.title,
      host: { email: WORDS.address },
    }),
    programs.call('POST', '/api/v1/meetings', { ...secretMeeting('bad'), meetingId: ADDRESS }),
    programs.call('GET', `/api/v1/meetings/${encodeURIComponent(ADDRESS)}`),
    programs.call('GET', `/api/v1/meetings?cursor=${ADDRESS}&status=${WORDS.title}`),
    programs.call('POST', `/api/v1/meetings/${ADDRESS}/resync`),
    fetch(`${programs.url}/api/v1/meetings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${programs.apiKey}`, 'content-type': 'application/json' },
      body: `{"title":"${WORDS.title} ${ADDRESS}`,
    }),
    fetch(`${programs.url}/api/v1/meetings`, { headers: { authorization: `Bearer wrong-${WORDS.title}` } }),
    fetch(`${programs.url}/oauth/hubspot/callback?code=${WORDS.title}&state=${WORDS.title}`),
    fetch(`${programs.url}/no/such/${ADDRESS}?token=${WORDS.title}`),
  ];
  for (const { status } of await Promise.all(bad)) {
    expect(status).toBeGreaterThanOrEqual(303);
    expect(status).toBeLessThan(500);
  }

  // Changes of custom objects arrive through the journal, once the subscription exists.
  const read = () => sandbox.requests.list({ path: '/journal-files/' }).some(({ status }) => status === 200);
  while (!read()) {
    sandbox.crm.create(objectTypeId, { project_name: WORDS.title });
    // oxlint-disable-next-line no-await-in-loop -- polling
    await new Promise((resolve) => setTimeout(resolve, 250));
  }

  sandbox.tokens.uninstall(programs.portalId);
  await run('uninstalled');
  expect(settledAs).toEqual({
    unconnected: 'not_connected',
    plain: 'synced',
    faults: 'synced',
    refused: 'hubspot_rejected',
    'refused-in-a-batch': expect.any(String),
    scope: 'missing_scope',
    uninstalled: 'reauthorize',
  });

  const histories: string[] = [];
  for await (const { workflowId, runId } of programs.temporal.workflow.list()) {
    const history = await programs.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(decoded(historyToJSON(history)));
  }
  expect(histories.length).toBeGreaterThanOrEqual(Object.keys(settledAs).length);
  expect(histories.join('\n')).toMatch('"portalId"');
  const log = programs.output();
  // The facts that a log is for are present.
  expect(log).toMatch(/"workspaceId":"default","meetingId":"refused","workflowId":"sync-meeting:default:refused"/);
  expect(log).toMatch('"level":20');
  const everything = [log, ...histories].join('\n');
  const forbidden = [...Object.values(WORDS), programs.apiKey, 'ana.ruiz', sandbox.clientSecret];
  expect(forbidden.filter((secret) => everything.toLowerCase().includes(secret.toLowerCase()))).toEqual([]);
  expect(everything).not.toMatch(/[\w.+-]+@[\w-]+\.example/);
  const { accessToken, refreshToken } = sandbox.tokens.issue();
  for (const token of [accessToken, refreshToken]) {
    expect(token).toMatch(TOKEN);
    expect(everything).not.toMatch(TOKEN);
  }
});

/** A history with its payloads decoded from base64. */
function decoded(json: string): string {
  return json.replaceAll(/"data": ?"(?<data>[A-Za-z0-9+/=]+)"/g, (_match, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
}

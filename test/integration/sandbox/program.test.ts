import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import { at, caller, replyOf, textAt } from './client';

test('a data file keeps records, tokens and accounts over a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const dataFile = join(folder, 'hubspot.sqlite');
  try {
    const first = await startSandbox({ dataFile });
    const { accessToken } = first.tokens.issue();
    const made = await caller(first, { token: accessToken })('POST', '/crm/objects/2026-03/notes', {
      properties: { hs_timestamp: '2026-11-01T00:00:00Z', hs_note_body: 'kept' },
    });
    await first.close();
    const second = await startSandbox({ dataFile });
    const read = await caller(second, { token: accessToken })(
      'GET',
      `/crm/objects/2026-03/notes/${textAt(made.body, 'id')}?properties=hs_note_body`,
    );
    expect(at(read.body, 'properties', 'hs_note_body')).toBe('kept');
    expect(second.portals.list()).toHaveLength(2);
    await second.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a port in use is refused', async () => {
  const first = await startSandbox({ seed: 'empty' });
  await expect(startSandbox({ seed: 'empty', port: Number(new URL(first.url).port) })).rejects.toThrow('EADDRINUSE');
  await first.close();
});

test('the control API over HTTP does the same as the one in the process', async () => {
  const sandbox = await startSandbox({ seed: 'empty' });
  const control = async (method: string, path: string, body?: unknown) =>
    replyOf(
      await fetch(`${sandbox.url}/sandbox/api/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    );
  const portal = at((await control('POST', 'portals', { name: 'Made' })).body, 'id');
  const base = `portals/${String(portal)}/objects`;
  const contact = textAt(
    (await control('POST', `${base}/contacts`, { properties: { email: 'a@b.example' } })).body,
    'id',
  );
  const company = textAt((await control('POST', `${base}/companies`, { properties: { name: 'B' } })).body, 'id');
  expect((await control('PUT', `${base}/contacts/${contact}/associations/companies/${company}`)).status).toBe(204);
  const associations = await control('GET', `${base}/contacts/${contact}/associations/companies`);
  expect(at(associations.body, 'results', 0, 'id')).toBe(company);
  await control('POST', `${base}/notes`, {
    properties: { hs_timestamp: '2026-11-01T00:00:00Z' },
    associations: [
      { to: { id: contact }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 202 }] },
    ],
  });
  expect(at((await control('GET', `${base}/contacts/${contact}/timeline`)).body, 'results', 0, 'objectType')).toBe(
    'notes',
  );
  expect(at((await control('PATCH', 'settings', { searchLagMs: 5 })).body, 'searchLagMs')).toBe(5);
  expect((await control('PATCH', 'settings', { searchLag: 5 })).status).toBe(400);
  const fault = await control('POST', 'faults', { match: { path: '/deals' }, action: { kind: 'locked-423' } });
  const token = textAt((await control('POST', 'tokens', { portalId: portal })).body, 'accessToken');
  const call = caller(sandbox, { token });
  expect((await call('GET', '/crm/v3/objects/deals')).status).toBe(423);
  await control('DELETE', `faults/${String(at(fault.body, 'id'))}`);
  expect((await call('GET', '/crm/v3/objects/deals')).status).toBe(200);
  expect(at((await control('GET', 'requests?path=/deals')).body, 'results')).toHaveLength(2);
  await control('POST', `portals/${String(portal)}/expire-tokens`);
  expect((await call('GET', '/crm/v3/objects/deals')).status).toBe(401);
  await sandbox.close();
});

test('pages list accounts and records, and an old id leads to the merged record', async () => {
  const sandbox = await startSandbox();
  const [left, right] = ['l@x.example', 'r@x.example'].map((email) => sandbox.crm.create('contacts', { email }));
  const merged = sandbox.crm.merge('contacts', left?.id ?? '', right?.id ?? '');
  expect(await (await fetch(sandbox.url)).text()).toContain('Northwind Sales');
  const list = await fetch(`${sandbox.url}/contacts/4815162/objects/0-1/views/all/list`);
  expect(await list.text()).toContain('Marc Serra');
  const record = await fetch(`${sandbox.url}/contacts/4815162/record/0-1/${left?.id ?? ''}`);
  expect([record.status, record.url.endsWith(`/${merged.id}`)]).toEqual([200, true]);
  expect((await fetch(`${sandbox.url}/contacts/4815162/record/0-1/5`)).status).toBe(404);
  await sandbox.close();
});

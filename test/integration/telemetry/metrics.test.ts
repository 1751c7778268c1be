import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { meeting } from '../../support/meetings';
import { startPrograms, type Programs } from '../../support/programs';

/** One pair per test, because counters start at the start of their process. */
let programs: Programs;
beforeEach(async () => {
  programs = await startPrograms();
  programs.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
});
afterEach(() => programs.stop());

async function scrape(address: string): Promise<string> {
  const response = await fetch(address);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch('text/plain');
  return await response.text();
}

/** The value of one series, or 0 when it does not exist. */
function value(text: string, series: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}

/** How many requests to HubSpot a program counted. */
function sent(text: string): number {
  return [...text.matchAll(/^hubspot_requests_total\{.*\} (?<count>\d+)$/gm)].reduce(
    (sum, { groups }) => sum + Number(groups?.['count']),
    0,
  );
}

/** Waits until server and worker have counted exactly the requests that the sandbox received. */
async function scrapeBoth(): Promise<{ server: string; worker: string }> {
  for (;;) {
    const asked = programs.sandbox.requests.list().filter(({ path }) => path !== '/oauth/authorize').length;
    // oxlint-disable-next-line no-await-in-loop -- polling
    const [server, worker] = await Promise.all([scrape(programs.metrics.server), scrape(programs.metrics.worker)]);
    if (sent(server) + sent(worker) === asked) return { server, worker };
    // oxlint-disable-next-line no-await-in-loop -- polling
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('server and worker count their events, each on its own port', async () => {
  const waiting = await programs.sync(meeting({ meetingId: 'before-connecting' }), 'needs_attention');
  expect(waiting.reason?.code).toBe('not_connected');
  for (const address of [programs.metrics.server, programs.metrics.worker]) {
    // oxlint-disable-next-line no-await-in-loop -- two
    const text = await scrape(address);
    expect(value(text, 'meetings_parked{reason="not_connected"}')).toBe(1);
    expect(value(text, 'meetings_unstarted')).toBe(0);
  }
  expect(
    value(
      await scrape(programs.metrics.worker),
      'meeting_syncs_total{outcome="needs_attention",reason="not_connected"}',
    ),
  ).toBe(1);

  await programs.connect();
  await programs.until('before-connecting', 'synced');
  await programs.sync(meeting({ meetingId: 'm1' }), 'synced');
  await programs.sync(meeting({ meetingId: 'm2', participants: [] }), 'skipped');
  programs.sandbox.tokens.expire(programs.portalId);
  programs.sandbox.faults.add({ match: { path: 'batch/create' }, times: 1, action: { kind: 'html-502' } });
  programs.sandbox.faults.add({ match: { path: 'batch/create' }, times: 1, action: { kind: 'cut' } });
  await programs.sync(meeting({ meetingId: 'm3' }), 'synced');

  const { worker, server } = await scrapeBoth();
  // Two requests for a sync lead to two passes.
  expect(value(worker, 'meeting_syncs_total{outcome="synced",reason=""}')).toBeGreaterThanOrEqual(3);
  expect(value(worker, 'meeting_syncs_total{outcome="skipped",reason="internal_only"}')).toBeGreaterThanOrEqual(1);
  expect(value(worker, 'hubspot_token_refreshes_total{outcome="refreshed"}')).toBe(
    programs.sandbox.requests
      .list({ path: '/oauth/' })
      .filter(({ body }) => JSON.stringify(body).includes('refresh_token"')).length,
  );
  // Counted once per meeting, however often it is synced.
  expect(value(worker, 'meeting_time_to_timeline_seconds_count{background="false"}')).toBe(3);
  expect(value(worker, 'hubspot_circuits_open')).toBe(0);
  for (const text of [server, worker]) expect(value(text, 'sync_workers_alive')).toBe(1);
  // The gauge shows the current state of the database, so no value stays after its row is gone.
  expect(value(worker, 'meetings_parked{reason="not_connected"}')).toBe(0);
  expect(value(worker, 'hubspot_connections{state="connected"}')).toBe(1);

  const creates = (status: string) =>
    ['meetings', 'notes']
      .map((type) =>
        value(
          worker,
          `hubspot_requests_total{route="POST /crm/objects/2026-03/${type}/batch/create",status="${status}"}`,
        ),
      )
      .reduce((sum, count) => sum + count);
  const answered = programs.sandbox.requests.list({ path: 'batch/create' });
  expect(creates('201')).toBe(answered.filter((request) => request.status === 201).length);
  expect(creates('502')).toBe(1);
  expect(creates('no_answer')).toBe(1);
  expect(worker).toMatch(
    /^hubspot_request_duration_seconds_count\{route="POST \/crm\/objects\/2026-03\/notes\/batch\/create"\} [1-9]/m,
  );
  expect(worker).toMatch(/^hubspot_limiter_wait_seconds_count\{budget="requests"\} [1-9]/m);
  expect(worker).toMatch(/^temporal_workflow_completed\{.*\} [1-9]/m);
  expect(worker).toMatch(/^temporal_activity_execution_latency_bucket\{/m);
  expect(worker).toMatch(/^nodejs_eventloop_lag_seconds /m);

  expect(
    value(server, 'http_request_duration_seconds_count{method="POST",route="/api/v1/meetings",status="202"}'),
  ).toBe(4);
  // No label holds data of a meeting, a person or an account, so the number of series stays small.
  for (const text of [worker, server]) expect(text).not.toMatch(/acme|marc|m1"|@/i);
});

const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
});

test('every metric in the Grafana dashboard exists', async () => {
  // Some metrics exist only after an activity has failed or a workflow has ended.
  await programs.sync(meeting({ meetingId: 'waiting' }), 'needs_attention');
  await programs.connect();
  await programs.until('waiting', 'synced');
  while (!(await scrape(programs.metrics.worker)).includes('temporal_workflow_completed'))
    await new Promise((resolve) => setTimeout(resolve, 100));
  const texts = await Promise.all([scrape(programs.metrics.server), scrape(programs.metrics.worker)]);
  const known = new Set([...texts.join('\n').matchAll(/^# TYPE (?<name>\S+)/gm)].map(({ groups }) => groups?.['name']));
  const { panels } = dashboard.parse(
    JSON.parse(readFileSync('docker/grafana/dashboards/hubspot-meeting-sync.json', 'utf8')),
  );
  const asked = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
  expect(asked.length).toBeGreaterThan(10);
  for (const { title, expr } of asked) {
    const names = [
      ...expr.matchAll(
        /\b(?:meeting|meetings|hubspot|http|temporal|nodejs|process|sync|reconciliation|backfill)_[a-z0-9_]+/g,
      ),
    ].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, ''));
    expect([title, names.filter((name) => !known.has(name))]).toEqual([title, []]);
    expect([title, names.length > 0]).toEqual([title, true]);
  }
});

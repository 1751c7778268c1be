import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { NO_TRACING } from '../../../src/telemetry/tracing';
import { bundleWorkflows } from '../../../src/temporal/workflow-bundle';
import { meeting } from '../../support/meetings';
import { startCollector, type CollectedSpan, type Collector } from '../../support/otlp-collector';
import { startPrograms, type Programs } from '../../support/programs';

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const SERVER = 2;
const CLIENT = 3;

let collector: Collector;
let programs: Programs;
beforeAll(async () => {
  collector = await startCollector();
  programs = await startPrograms({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  const { crm } = programs.sandbox;
  const contact = crm.create('contacts', { email: 'marc.serra@acme.example' });
  const company = crm.create('companies', { name: 'Acme', domain: 'acme.example' });
  crm.associate('contacts', contact.id, 'companies', company.id);
  await programs.connect();
});
afterAll(async () => {
  await programs.stop();
  await collector.close();
});

/** Waits until the collector has the expected spans, because exporters send in batches. */
async function spanOf(found: (span: CollectedSpan) => boolean): Promise<CollectedSpan> {
  for (;;) {
    const span = collector.spans.find(found);
    if (span !== undefined) return span;
    // oxlint-disable-next-line no-await-in-loop -- polling
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const inTrace = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);
const parentOf = (span: CollectedSpan) => collector.spans.find((other) => other.spanId === span.parentSpanId);
/** Names from a span up to its root. */
const pathOf = (span: CollectedSpan | undefined): string[] =>
  span === undefined ? [] : [span.name, ...pathOf(parentOf(span))];

/** Posts a meeting as a caller with tracing, whose headers hold more than we propagate. */
async function postTraced(meetingId: string, { traceId, spanId }: typeof CALLER): Promise<void> {
  const response = await programs.call('POST', '/api/v1/meetings', meeting({ meetingId }), {
    traceparent: `00-${traceId}-${spanId}-01`,
    baggage: 'person=marc.serra@acme.example',
    tracestate: 'vendor=marc',
  });
  expect(response.status).toBe(202);
}

const isCrmRequest = ({ kind, name }: CollectedSpan) => kind === CLIENT && name.includes('/crm/');

test('one trace leads from the caller through the API and the workflow to each request to HubSpot', async () => {
  // Wait until no earlier request is running.
  const sent = () => programs.sandbox.requests.list({ path: '/crm/' }).length;
  while (collector.spans.filter(isCrmRequest).length < sent()) await new Promise((resolve) => setTimeout(resolve, 50));
  programs.sandbox.requests.clear();
  const since = Date.now();
  await postTraced('traced', CALLER);
  const { workflow } = await programs.until('traced', 'synced');
  await spanOf((span) => span.traceId === CALLER.traceId && span.name.startsWith('RunWorkflow'));
  const api = await spanOf((span) => span.traceId === CALLER.traceId && span.name === 'POST /api/v1/meetings');
  const trace = inTrace(CALLER.traceId);
  expect(api).toMatchObject({
    service: 'hubspot-meeting-sync-server',
    kind: SERVER,
    parentSpanId: CALLER.spanId,
    attributes: { 'http.response.status_code': '202', 'workspace.id': 'default', 'meeting.id': 'traced' },
  });
  const creates = trace.filter((span) => span.name.endsWith('/batch/create'));
  expect(creates).toHaveLength(2);
  for (const create of creates) {
    expect(create).toMatchObject({ service: 'hubspot-meeting-sync-worker', kind: CLIENT });
    expect(pathOf(create).slice(1)).toEqual([
      expect.stringMatching(/^RunActivity:write(Summary|Notes)$/),
      'RunWorkflow:SyncMeetingWorkflow',
      'SignalWithStartWorkflow:SyncMeetingWorkflow',
      'POST /api/v1/meetings',
    ]);
  }
  expect(trace.filter((span) => span.name.startsWith('RunWorkflow'))).toHaveLength(1);
  expect(trace.find((span) => span.name.startsWith('RunWorkflow'))?.attributes).toMatchObject({
    temporalWorkflowId: workflow.id,
    run_id: workflow.runId,
  });
  expect(new Set(trace.map((span) => span.name).filter((name) => name.startsWith('RunActivity')))).toEqual(
    new Set(
      [
        'beginSync',
        'resolveParticipants',
        'expandCascades',
        'writeSummary',
        'writeNotes',
        'associate',
        'recordOutcome',
      ].map((name) => `RunActivity:${name}`),
    ),
  );
  // No request for this meeting is missing from its trace: all other requests are in other traces.
  const asked = programs.sandbox.requests.list({ path: '/crm/' }).map(({ method, path }) => `${method} ${path}`);
  const reported = () => collector.spans.filter((span) => isCrmRequest(span) && span.startMs >= since);
  while (reported().length < asked.length) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(
    reported()
      .map((span) => span.name)
      .toSorted(),
  ).toEqual(asked.toSorted());
  expect(new Set(trace.filter((span) => span.kind === CLIENT).map((span) => span.name))).toEqual(
    new Set(
      [
        'objects/2026-03/contacts/batch/read',
        'associations/2026-03/contacts/companies/batch/read',
        'associations/2026-03/contacts/deals/batch/read',
        'associations/2026-03/companies/deals/batch/read',
        'objects/2026-03/meetings/batch/create',
        'objects/2026-03/notes/batch/create',
      ].map((path) => `POST /crm/${path}`),
    ),
  );
});

test('a batch that serves several meetings is in the trace of each', async () => {
  const ids = Array.from({ length: 10 }, (_, index) => `batch-${index}`);
  await Promise.all(ids.map((meetingId) => programs.sync(meeting({ meetingId }), 'synced')));
  const traces = await Promise.all(
    ids.map(async (meetingId) => {
      const { traceId } = await spanOf(
        ({ name, attributes }) =>
          name.startsWith('RunWorkflow') && (attributes['temporalWorkflowId'] ?? '').endsWith(meetingId),
      );
      return inTrace(traceId);
    }),
  );
  for (const trace of traces) {
    expect(trace.some((span) => span.name === 'POST /crm/objects/2026-03/meetings/batch/create')).toBe(true);
    expect(trace.some((span) => span.name === 'POST /crm/objects/2026-03/notes/batch/create')).toBe(true);
  }
  const spans = traces.flat();
  const sharedSpans = spans.filter((span) => span.attributes['hubspot.batch.shared'] === 'true');
  expect(sharedSpans.length).toBeGreaterThan(0);
  for (const shared of sharedSpans) {
    expect(spans.find((span) => span.spanId === shared.links[0])).toMatchObject({ name: shared.name, kind: CLIENT });
  }
});

test('a resync has its own trace', async () => {
  await programs.sync(meeting({ meetingId: 'again' }), 'synced');
  await programs.call('POST', '/api/v1/meetings/again/resync', undefined, {
    traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`,
  });
  await spanOf((span) => span.traceId === 'c'.repeat(32) && span.name.startsWith('RunWorkflow'));
  const names = inTrace('c'.repeat(32)).map((span) => span.name);
  expect(names).toContain('POST /api/v1/meetings/:meetingId/resync');
  expect(names).toContain('POST /crm/objects/2026-03/meetings/batch/update');
});

test('traces and Temporal’s history contain only ids, and the history replays', async () => {
  await postTraced('replayed', { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) });
  const { workflow } = await programs.until('replayed', 'synced');
  await spanOf((span) => span.traceId === 'e'.repeat(32) && span.name.startsWith('RunWorkflow'));
  const history = await programs.temporal.workflow.getHandle(workflow.id).fetchHistory();
  const json = historyToJSON(history);
  expect(json).toMatch('_tracer-data');
  const everything = JSON.stringify(collector.spans) + json;
  for (const secret of ['marc', 'Marc', 'discovery call', programs.apiKey, 'vendor'])
    expect(everything).not.toMatch(secret);

  const logger = new DefaultLogger('ERROR');
  Runtime.install({
    logger,
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  const plain = await bundleWorkflowCode({ workflowsPath: require.resolve('../../../src/workflows'), logger });
  for (const bundle of [await bundleWorkflows(), plain]) {
    const replay = Worker.runReplayHistory({ workflowBundle: bundle, sinks: NO_TRACING.sinks }, history, workflow.id);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await expect(replay).resolves.toBeUndefined();
  }
});

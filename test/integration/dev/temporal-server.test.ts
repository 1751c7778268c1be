import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { startReaper, type Reaper } from '../../../src/dev/reaper-client';
import { ProcessGroup } from '../../../src/dev/process-group';
import { resolveTemporalCli } from '../../../src/dev/temporal/temporal-cli';
import { startTemporalServer } from '../../../src/dev/temporal/temporal-server';

const THIRTY_DAYS_S = 30 * 24 * 60 * 60;

let folder: string;
let reaper: Reaper;
let group: ProcessGroup;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'temporal-server-test-'));
  const started = await startReaper();
  if (started.state !== 'ready') throw new Error('busy');
  reaper = started.reaper;
  reaper.removeAtEnd(folder);
  group = new ProcessGroup(reaper);
});

afterEach(async () => {
  await group.stop();
  await reaper.close();
});

async function start(ui = false) {
  const cli = await resolveTemporalCli({ env: process.env, onProgress: () => undefined });
  const logFile = join(folder, 'temporal.log');
  return await startTemporalServer({ cli, namespaces: ['default', 'other'], folder, ui, group, logFile });
}

test('the server has our search attributes, a retention of 30 days and a UI, and keeps its workflows', async () => {
  const { address, uiUrl } = await start(true);
  const connection = await Connection.connect({ address });
  for (const namespace of ['default', 'other']) {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(customAttributes).toMatchObject({ HubSpotPortalId: 3, MeetingId: 2, SyncStatus: 2, SyncReason: 2 });
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(THIRTY_DAYS_S);
  }
  expect((await fetch(uiUrl ?? '')).status).toBe(200);
  await new Client({ connection }).workflow.start('Nothing', { taskQueue: 'unused', workflowId: 'kept' });
  await connection.close();
  await group.stop();

  group = new ProcessGroup(reaper);
  const again = await Connection.connect({ address: (await start()).address });
  try {
    const description = await new Client({ connection: again }).workflow.getHandle('kept').describe();
    expect(description.status.name).toBe('RUNNING');
  } finally {
    await again.close();
  }
});

test('a start ends the server that an earlier run left running on the same file', async () => {
  const { address } = await start();
  const leftover = group;
  group = new ProcessGroup(reaper);
  await start();
  await expect(Connection.connect({ address, connectTimeout: '200ms' })).rejects.toThrow(/connect/i);
  await leftover.stop();
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { startKeeper, type Keeper } from '../../../src/dev/keeping';
import { ProcessGroup } from '../../../src/dev/process-group';
import { resolveTemporalCli } from '../../../src/dev/temporal-cli';
import { startTemporalServer } from '../../../src/dev/temporal-server';

const THIRTY_DAYS_S = 30 * 24 * 60 * 60;

let folder: string;
let keeper: Keeper;
let group: ProcessGroup;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'temporal-server-test-'));
  const started = await startKeeper();
  if (started.state !== 'ready') throw new Error('busy');
  keeper = started.keeper;
  keeper.removeAtEnd(folder);
  group = new ProcessGroup(keeper);
});

afterEach(async () => {
  await group.stop();
  await keeper.close();
});

async function start(ui = false) {
  const cli = await resolveTemporalCli({ env: process.env, onProgress: () => undefined });
  const logFile = join(folder, 'temporal.log');
  return await startTemporalServer({ cli, namespaces: ['default', 'other'], folder, ui, group, logFile });
}

test('it serves with our search attributes, a month of retention and a UI, and finds its workflows again', async () => {
  const { address, uiUrl } = await start(true);
  const connection = await Connection.connect({ address });
  for (const namespace of ['default', 'other']) {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(customAttributes).toMatchObject({ HubSpotPortalId: 3, MeetingId: 2, SyncStatus: 2, SyncReason: 2 });
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(THIRTY_DAYS_S);
  }
  expect((await fetch(uiUrl ?? '')).status).toBe(200);
  await new Client({ connection }).workflow.start('Nothing', { taskQueue: 'nobody', workflowId: 'kept' });
  await connection.close();
  await group.stop();

  group = new ProcessGroup(keeper);
  const again = await Connection.connect({ address: (await start()).address });
  try {
    const description = await new Client({ connection: again }).workflow.getHandle('kept').describe();
    expect(description.status.name).toBe('RUNNING');
  } finally {
    await again.close();
  }
});

test('a server that an earlier run left running on the same file is ended first', async () => {
  const { address } = await start();
  const leftover = group;
  group = new ProcessGroup(keeper);
  await start();
  await expect(Connection.connect({ address, connectTimeout: '200ms' })).rejects.toThrow(/connect/i);
  await leftover.stop();
});

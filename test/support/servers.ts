import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startReaper } from '../../src/dev/reaper-client';
import { startPostgres } from '../../src/dev/postgres';
import { ProcessGroup } from '../../src/dev/process-group';
import { linesTo } from '../../src/dev/progress';
import { resolveTemporalCli } from '../../src/dev/temporal-cli';
import { startTemporalServer } from '../../src/dev/temporal-server';
import { migrate } from '../../src/store/migrate';
import { buildProduct, buildWorkflowBundle } from './build';
import type { Shared } from './shared';
import { NAMESPACES } from './temporal';
import { TEMPLATE_DATABASE } from './database';

/** Nothing of a test run outlives it: the disk need not be waited for. */
const HASTY_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  max_connections: '300',
};

/** What a test run shares: one PostgreSQL, one Temporal dev server, one build of the product. */
export interface TestServers extends Shared {
  stop(): Promise<void>;
}

/**
 * Starts the servers, with an up-to-date template database, and builds. They end with `stop`, and also when this process is killed or
 * Jest is left with Ctrl-C, which skips its global teardown.
 */
export async function startTestServers(): Promise<TestServers> {
  // Steps are told only while they take long: a test run's output is for tests.
  const progress = linesTo((line) => {
    if (!line.startsWith('✓')) process.stderr.write(`${line}\n`);
  });
  const started = await startReaper();
  if (started.state !== 'ready') throw new Error('A reaper without a lock is never busy');
  const { reaper } = started;
  const folder = mkdtempSync(join(tmpdir(), 'hubspot-meeting-sync-test-'));
  reaper.removeAtEnd(folder);
  // As root, PostgreSQL runs as another user, who must pass through here.
  chmodSync(folder, 0o755);
  const group = new ProcessGroup(reaper);
  const stop = async () => {
    await group.stop();
    await reaper.close();
  };
  try {
    const [databaseUrl, temporalAddress, dist, workflowBundle] = await Promise.all([
      startTestPostgres(group, folder),
      progress.step('Temporal CLI', async (onProgress) => {
        const cli = await resolveTemporalCli({ env: process.env, onProgress, reaper });
        const logFile = join(folder, 'temporal.log');
        const server = await startTemporalServer({
          cli,
          namespaces: ['default', ...NAMESPACES],
          folder: null,
          ui: false,
          group,
          logFile,
        });
        return server.address;
      }),
      buildProduct(folder),
      buildWorkflowBundle(folder),
    ]);
    return { databaseUrl, temporalAddress, dist, workflowBundle, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startTestPostgres(group: ProcessGroup, folder: string): Promise<string> {
  const templateUrl = await startPostgres({
    folder,
    password: randomBytes(12).toString('hex'),
    database: TEMPLATE_DATABASE,
    group,
    settings: HASTY_SETTINGS,
    logFile: join(folder, 'postgres.log'),
  });
  await migrate(templateUrl);
  const url = new URL('/postgres', templateUrl).href;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // A template that nobody can connect to can always be copied, by several at once.
    await client.query(`ALTER DATABASE ${TEMPLATE_DATABASE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
    await client.query('CREATE SEQUENCE taken_namespaces');
  } finally {
    await client.end();
  }
  return url;
}

import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startReaper } from '../../src/dev/reaper-client';
import { startPostgres } from '../../src/dev/postgres/postgres';
import { ProcessGroup } from '../../src/dev/process-group';
import { linesTo } from '../../src/dev/progress';
import { resolveTemporalCli } from '../../src/dev/temporal/temporal-cli';
import { startTemporalServer } from '../../src/dev/temporal/temporal-server';
import { migrate } from '../../src/store/migrate';
import { buildProduct, buildWorkflowBundle } from './build';
import type { Shared } from './shared';
import { NAMESPACES } from './temporal';
import { TEMPLATE_DATABASE } from './database';

/** The data of a test run is discarded afterwards, so PostgreSQL need not wait for the disk. */
const UNSAFE_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  max_connections: '300',
  // Counts statements (test/support/statements.ts).
  shared_preload_libraries: 'pg_stat_statements',
};

/** The shared parts of a test run: one PostgreSQL, one Temporal dev server, one build of the product. */
export interface TestServers extends Shared {
  stop(): Promise<void>;
}

/**
 * Starts the servers, migrates a template database, and builds the product. The servers end with `stop`, and also when this
 * process is killed or Jest exits on Ctrl-C, which skips its global teardown.
 */
export async function startTestServers(): Promise<TestServers> {
  // Prints only slow steps, so that the output of a test run shows the tests.
  const progress = linesTo((line) => {
    if (!line.startsWith('✓')) process.stderr.write(`${line}\n`);
  });
  const started = await startReaper();
  if (started.state !== 'ready') throw new Error('A reaper without a lock is never busy');
  const { reaper } = started;
  const folder = mkdtempSync(join(tmpdir(), 'hubspot-meeting-sync-test-'));
  reaper.removeAtEnd(folder);
  // When we run as root, PostgreSQL runs as another user, which must be able to traverse this folder.
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
    settings: UNSAFE_SETTINGS,
    logFile: join(folder, 'postgres.log'),
  });
  await migrate(templateUrl);
  const url = new URL('/postgres', templateUrl).href;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // PostgreSQL can copy a template only while it has no connections.
    await client.query(`ALTER DATABASE ${TEMPLATE_DATABASE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
    await client.query('CREATE SEQUENCE taken_namespaces');
    await client.query('CREATE EXTENSION pg_stat_statements');
  } finally {
    await client.end();
  }
  return url;
}

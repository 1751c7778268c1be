#!/usr/bin/env node
import { Command } from 'commander';
import { checkNodeVersion } from './cli/node-version';
import { ConfigError, EXIT_CONFIG, loadConfig, loadDatabaseUrl, loadKeyring } from './config';

// Each command imports its modules lazily, so that `--help` and configuration errors print at once.
const program = new Command('hubspot-meeting-sync').description(
  'Writes processed sales meetings to HubSpot timelines, exactly once.',
);

program
  .command('dev')
  .description('run everything on this machine: PostgreSQL, Temporal with its UI, a sandbox HubSpot, worker and server')
  .option('--no-demo', 'do not connect the sandbox and post the example meeting')
  .option('--no-open', 'do not open a browser')
  .option('--verbose', 'print the whole log, not only warnings', false)
  .action(async (options: { demo: boolean; open: boolean; verbose: boolean }) => {
    checkNodeVersion();
    const { runDev } = await import('./dev/dev.js');
    await runDev(options);
  });

program
  .command('server')
  .description('run the API, the pages, the OAuth callback and the webhook endpoint')
  .action(async () => {
    const config = loadConfig(process.env);
    checkNodeVersion();
    const [{ runServer }, { createLogger }] = await Promise.all([import('./server.js'), import('./telemetry/log.js')]);
    await runServer(config, createLogger(config.logLevel, 'server'));
  });

program
  .command('worker')
  .description('run the Temporal worker')
  .action(async () => {
    const config = loadConfig(process.env);
    checkNodeVersion();
    const [{ runWorker }, { createLogger }, { onTemporal }] = await Promise.all([
      import('./worker.js'),
      import('./telemetry/log.js'),
      import('./cli/temporal.js'),
    ]);
    await onTemporal(() => runWorker(config, createLogger(config.logLevel, 'worker')));
  });

program
  .command('migrate')
  .description('apply the database migrations')
  .action(async () => {
    const databaseUrl = loadDatabaseUrl(process.env);
    const [{ migrate }, { onDatabase }] = await Promise.all([
      import('./store/migrate.js'),
      import('./cli/database.js'),
    ]);
    const applied = await onDatabase(databaseUrl, migrate);
    console.log(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
  });

program
  .command('restored')
  .option('--since <time>', 'time of the restored backup, such as 2026-11-30T14:00:00Z')
  .option('--lift', 'end the checks after the pipeline has posted everything again')
  .description('after restoring a backup: keep syncs from writing to HubSpot twice')
  .action(async (options: { since?: string; lift?: boolean }) => {
    const databaseUrl = loadDatabaseUrl(process.env);
    const [{ recordRestoredBackup }, { onDatabase }] = await Promise.all([
      import('./cli/restored.js'),
      import('./cli/database.js'),
    ]);
    await onDatabase(databaseUrl, (url) => recordRestoredBackup(url, options));
  });

const workspaces = program.command('workspace').description('create and delete workspaces, and create API keys');

workspaces
  .command('create')
  .argument('<name>')
  .description('create a workspace and print its API key, which is shown only once')
  .action(async (name: string) => {
    const databaseUrl = loadDatabaseUrl(process.env);
    const [{ createWorkspaceFromShell }, { onDatabase }] = await Promise.all([
      import('./cli/workspace.js'),
      import('./cli/database.js'),
    ]);
    await onDatabase(databaseUrl, (url) => createWorkspaceFromShell(url, name));
  });

workspaces
  .command('key')
  .argument('<name>')
  .option('--label <text>', 'the name of the key under Settings → API keys', 'operator')
  .description('create one more API key of a workspace and print it; it is shown only once')
  .action(async (name: string, { label }: { label: string }) => {
    const databaseUrl = loadDatabaseUrl(process.env);
    const [{ createKeyFromShell }, { onDatabase }] = await Promise.all([
      import('./cli/workspace.js'),
      import('./cli/database.js'),
    ]);
    await onDatabase(databaseUrl, (url) => createKeyFromShell(url, name, label));
  });

workspaces
  .command('delete')
  .argument('<name>')
  .option('--yes', 'skip the confirmation', false)
  .description('delete a workspace with all its data, and remove its activities from HubSpot')
  .action(async (name: string, options: { yes: boolean }) => {
    const config = loadConfig(process.env);
    const [{ deleteWorkspaceFromShell }, { onDatabase }] = await Promise.all([
      import('./cli/workspace.js'),
      import('./cli/database.js'),
    ]);
    await onDatabase(config.databaseUrl, () => deleteWorkspaceFromShell(config, name, options));
  });

program
  .command('rotate-keys')
  .description('re-encrypt all stored tokens with the first of ENCRYPTION_KEYS, and count them by key')
  .action(async () => {
    const { databaseUrl, encryptionKeys } = loadKeyring(process.env);
    const [{ rotateKeysFromShell }, { onDatabase }] = await Promise.all([
      import('./cli/rotate-keys.js'),
      import('./cli/database.js'),
    ]);
    await onDatabase(databaseUrl, (url) => rotateKeysFromShell(url, encryptionKeys));
  });

program
  .command('sync')
  .argument('<file>', 'a processed meeting as JSON')
  .description('post one meeting and follow its sync')
  .action(async (file: string) => {
    const { syncFile } = await import('./cli/meetings.js');
    await syncFile(file);
  });

program
  .command('resync')
  .argument('[meetingId]')
  .option('--all', 'every meeting that needs attention')
  .option('--reason <code>', 'with --all: only meetings with this reason code')
  .option('--overwrite', 'with one meeting: also replace what people changed in HubSpot')
  .description('run a sync again')
  .action(async (meetingId: string | undefined, options: { all?: boolean; reason?: string; overwrite?: boolean }) => {
    const { resyncMeetings } = await import('./cli/meetings.js');
    await resyncMeetings(meetingId, options);
  });

program
  .command('status')
  .argument('[meetingId]')
  .description('show the status of one meeting or of the newest meetings')
  .action(async (meetingId: string | undefined) => {
    const { showStatus } = await import('./cli/meetings.js');
    await showStatus(meetingId);
  });

const backfills = program
  .command('backfill')
  .argument('<file>', 'NDJSON, one processed meeting per line')
  .description('post a file of meetings and follow their syncs')
  .action(async (file: string) => {
    const { backfillFile } = await import('./cli/backfill.js');
    await backfillFile(file);
  });

for (const [action, description] of [
  ['pause', 'start no further syncs of a backfill'],
  ['resume', 'resume a paused backfill'],
  ['stop', 'end a backfill; its meetings that are not started are never synced'],
] as const)
  backfills
    .command(action)
    .argument('<backfillId>')
    .description(description)
    .action(async (backfillId: string) => {
      const { actOnBackfill } = await import('./cli/backfill.js');
      await actOnBackfill(action, backfillId);
    });

program
  .command('reconcile')
  .description('compare every record and link with HubSpot, and repair differences')
  .action(async () => {
    const { reconcile } = await import('./cli/reconcile.js');
    await reconcile();
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
});

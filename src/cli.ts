#!/usr/bin/env node
import { Command } from 'commander';
import { checkNodeVersion } from './cli/node-version';
import { ConfigError, EXIT_CONFIG, loadConfig, loadDatabaseUrl, loadKeyring } from './config';

// Each command loads what it needs: `--help` and a bad variable answer at once.
const program = new Command('hubspot-meeting-sync').description(
  'Puts processed sales meetings on HubSpot timelines, exactly once.',
);

program
  .command('dev')
  .description('everything for one machine: PostgreSQL, Temporal with its UI, a sandbox HubSpot, worker and server')
  .action(async () => {
    checkNodeVersion();
    const { runDev } = await import('./dev/dev.js');
    await runDev();
  });

program
  .command('server')
  .description('the API, the settings pages, the OAuth callback and the webhooks')
  .action(async () => {
    const config = loadConfig(process.env);
    checkNodeVersion();
    const [{ runServer }, { createLogger }] = await Promise.all([import('./server.js'), import('./log.js')]);
    await runServer(config, createLogger(config.logLevel, 'server'));
  });

program
  .command('worker')
  .description('the Temporal worker')
  .action(async () => {
    const config = loadConfig(process.env);
    checkNodeVersion();
    const [{ runWorker }, { createLogger }, { onTemporal }] = await Promise.all([
      import('./worker.js'),
      import('./log.js'),
      import('./cli/temporal.js'),
    ]);
    await onTemporal(() => runWorker(config, createLogger(config.logLevel, 'worker')));
  });

program
  .command('migrate')
  .description('brings the database up to date')
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
  .option('--since <time>', 'the time that the database was put back to, such as 2026-11-30T14:00:00Z')
  .option('--lift', 'everything was posted again: write as usual')
  .description('after a restored backup: nothing is written to HubSpot twice')
  .action(async (options: { since?: string; lift?: boolean }) => {
    const databaseUrl = loadDatabaseUrl(process.env);
    const [{ noteRestoredBackup }, { onDatabase }] = await Promise.all([
      import('./cli/restored.js'),
      import('./cli/database.js'),
    ]);
    await onDatabase(databaseUrl, (url) => noteRestoredBackup(url, options));
  });

const workspaces = program.command('workspace').description('workspaces');

workspaces
  .command('create')
  .argument('<name>')
  .description('makes a workspace and prints its API key, once')
  .action(async (name: string) => {
    const databaseUrl = loadDatabaseUrl(process.env);
    const [{ createWorkspaceFromShell }, { onDatabase }] = await Promise.all([
      import('./cli/workspace.js'),
      import('./cli/database.js'),
    ]);
    await onDatabase(databaseUrl, (url) => createWorkspaceFromShell(url, name));
  });

workspaces
  .command('delete')
  .argument('<name>')
  .option('--yes', 'without asking', false)
  .description('erases everything of a workspace, and removes its activities from HubSpot')
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
  .description('seals all stored tokens with the first of ENCRYPTION_KEYS, and counts them by key')
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
  .description('hands one meeting over and follows it to its end')
  .action(async (file: string) => {
    const { syncFile } = await import('./cli/meetings.js');
    await syncFile(file);
  });

program
  .command('resync')
  .argument('[meetingId]')
  .option('--all', 'every meeting that needs attention')
  .option('--reason <code>', 'with --all: only those with this reason code')
  .description('runs a sync again')
  .action(async (meetingId: string | undefined, options: { all?: boolean; reason?: string }) => {
    const { resyncMeetings } = await import('./cli/meetings.js');
    await resyncMeetings(meetingId, options);
  });

program
  .command('status')
  .argument('[meetingId]')
  .description('where one meeting stands, or the newest ones')
  .action(async (meetingId: string | undefined) => {
    const { showStatus } = await import('./cli/meetings.js');
    await showStatus(meetingId);
  });

program
  .command('backfill')
  .argument('<file>', 'NDJSON: a processed meeting a line')
  .description('hands many meetings over and follows them to their end')
  .action(async (file: string) => {
    const { backfillFile } = await import('./cli/backfill.js');
    await backfillFile(file);
  });

program
  .command('reconcile')
  .description('compares every record and link with HubSpot, and mends what differs')
  .action(async () => {
    const { reconcile } = await import('./cli/reconcile.js');
    await reconcile();
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
});

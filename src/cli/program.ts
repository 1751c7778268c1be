import { Command } from 'commander';
import { loadConfig, loadDatabaseUrl } from '../config';
import { addApiCommands } from './api-commands';
import { examples } from './examples';
import { checkNodeVersion } from './node-version';
import { addOperatorCommands } from './operator/commands';
import { outputFor } from './output';

/** The exit codes of every command. docs/cli.md is generated from them. */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'success',
  1: 'the command failed, its arguments are not valid, a followed meeting needs attention, or lines of a backfill were rejected',
  78: 'the configuration is not valid; the message names every variable',
};

/**
 * The command line. Each command imports its modules lazily, so that `--help` and configuration errors print at once.
 */
export function buildProgram(): Command {
  const { version }: { version: string } = require('../../package.json');
  const program = new Command('hubspot-meeting-sync')
    .description('Writes processed sales meetings to HubSpot timelines, exactly once.')
    .version(version)
    .configureOutput({ outputError: (text, write) => write(`${text}${hintFor(text)}`) })
    .addHelpText(
      'after',
      `\nExit codes:\n${Object.entries(EXIT_CODES)
        .map(([code, meaning]) => `  ${code.padStart(2)}  ${meaning}`)
        .join('\n')}`,
    );
  addProcesses(program);
  addApiCommands(program);
  addOperatorCommands(program);
  return program;
}

/** People write options in front of the command, where other programs take them. */
function hintFor(error: string): string {
  return /unknown option '--(?:url|key|json)'/.test(error)
    ? 'Options come after the command: hubspot-meeting-sync status --url ADDRESS\n'
    : '';
}

function addProcesses(program: Command): void {
  program
    .command('dev')
    .description(
      'run everything on this machine: PostgreSQL, Temporal with its UI, a sandbox HubSpot, worker and server',
    )
    .option('--no-demo', 'do not connect the sandbox and post the example meeting')
    .option('--no-open', 'do not open a browser')
    .option('--verbose', 'print the whole log, not only warnings', false)
    .addHelpText('after', examples('dev', 'dev --no-demo --no-open', ['DATA_DIR=/tmp/try', 'PORT=3100'], 'dev'))
    .action(async (options: { demo: boolean; open: boolean; verbose: boolean }) => {
      checkNodeVersion();
      const { runDev } = await import('../dev/dev.js');
      await runDev(options);
    });

  program
    .command('server')
    .description('run the API, the pages, the OAuth callback and the webhook endpoint')
    .addHelpText('after', examples(['PORT=8080'], 'server'))
    .action(async () => {
      const config = loadConfig(process.env);
      checkNodeVersion();
      const [{ runServer }, { createLogger }] = await Promise.all([
        import('../server.js'),
        import('../telemetry/log.js'),
      ]);
      await runServer(config, createLogger(config.logLevel, 'server'));
    });

  program
    .command('worker')
    .description('run the Temporal worker')
    .addHelpText('after', examples(['TEMPORAL_ADDRESS=temporal:7233'], 'worker'))
    .action(async () => {
      const config = loadConfig(process.env);
      checkNodeVersion();
      const [{ runWorker }, { createLogger }, { onTemporal }] = await Promise.all([
        import('../worker.js'),
        import('../telemetry/log.js'),
        import('./temporal.js'),
      ]);
      await onTemporal(() => runWorker(config, createLogger(config.logLevel, 'worker')));
    });

  program
    .command('migrate')
    .description('apply the database migrations')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('migrate', 'migrate --json'))
    .action(async (options: { json?: boolean }) => {
      const databaseUrl = loadDatabaseUrl(process.env);
      const [{ migrate }, { onDatabase }] = await Promise.all([
        import('../store/migrate.js'),
        import('./operator/database.js'),
      ]);
      const applied = await onDatabase(databaseUrl, migrate);
      const text = applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`;
      outputFor(options).result({ applied }, text);
    });
}

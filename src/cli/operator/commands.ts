import { InvalidArgumentError, Option, type Command } from 'commander';
import { loadConfig, loadDatabaseUrl, loadKeyring, loadPublicUrl } from '../../config';
import { SCOPES, type Scope } from '../../store/access/scopes';
import { examples } from '../examples';
import { outputFor } from '../output';

type Json = { readonly json?: boolean };

/** Adds the commands of an operator, who has the database rather than an API key. */
export function addOperatorCommands(program: Command): void {
  addWorkspaceCommands(program);

  program
    .command('restored')
    .option('--since <time>', 'time of the restored backup, such as 2026-11-30T14:00:00Z')
    .option('--lift', 'end the checks after the pipeline has posted everything again')
    .option('--json', 'print JSON')
    .description('after restoring a backup: keep syncs from writing to HubSpot twice')
    .addHelpText('after', examples('restored --since 2026-11-30T14:00:00Z', 'restored --lift'))
    .action(async (options: { since?: string; lift?: boolean } & Json) => {
      const databaseUrl = loadDatabaseUrl(process.env);
      const [{ recordRestoredBackup }, { onDatabase }] = await Promise.all([
        import('./restored.js'),
        import('./database.js'),
      ]);
      await onDatabase(databaseUrl, (url) => recordRestoredBackup(url, options, outputFor(options)));
    });

  program
    .command('rotate-keys')
    .option('--json', 'print JSON')
    .description('re-encrypt all stored tokens with the first of ENCRYPTION_KEYS, and count them by key')
    .addHelpText('after', examples('rotate-keys', 'rotate-keys --json'))
    .action(async (options: Json) => {
      const { databaseUrl, encryptionKeys } = loadKeyring(process.env);
      const [{ rotateKeysFromShell }, { onDatabase }] = await Promise.all([
        import('./rotate-keys.js'),
        import('./database.js'),
      ]);
      await onDatabase(databaseUrl, (url) => rotateKeysFromShell(url, encryptionKeys, outputFor(options)));
    });
}

function addWorkspaceCommands(program: Command): void {
  const workspaces = program.command('workspace').description('create and delete workspaces, and create API keys');
  const load = async () => await Promise.all([import('./workspace.js'), import('./database.js')]);

  workspaces
    .command('create')
    .argument('<name>')
    .option('--json', 'print JSON')
    .description('create a workspace and print its API key, which is shown only once')
    .addHelpText('after', examples('workspace create "Northwind Sales"'))
    .action(async (name: string, options: Json) => {
      const databaseUrl = loadDatabaseUrl(process.env);
      const [{ createWorkspaceFromShell }, { onDatabase }] = await load();
      await onDatabase(databaseUrl, (url) => createWorkspaceFromShell(url, name, outputFor(options)));
    });

  workspaces
    .command('key')
    .argument('<name>')
    .option('--label <text>', 'the name of the key under Settings → API keys', 'operator')
    .addOption(new Option('--scopes <scope...>', 'what the key may do').choices(SCOPES).default([...SCOPES]))
    .option('--expires-in <days>', 'how long the key works; without it, until it is revoked', inDays)
    .option('--json', 'print JSON')
    .description('create one more API key of a workspace and print it; it is shown only once')
    .addHelpText(
      'after',
      examples(
        'workspace key "Northwind Sales" --label "on call" --expires-in 7',
        'workspace key "Northwind Sales" --label pipeline --scopes meetings:write',
      ),
    )
    .action(async (name: string, options: { label: string; scopes: Scope[]; expiresIn?: Date } & Json) => {
      const { label, scopes, expiresIn: expiresAt = null } = options;
      const databaseUrl = loadDatabaseUrl(process.env);
      const [{ createKeyFromShell }, { onDatabase }] = await load();
      await onDatabase(databaseUrl, (url) =>
        createKeyFromShell(url, name, { label, scopes, expiresAt }, outputFor(options)),
      );
    });

  addSignInCommand(workspaces);

  workspaces
    .command('delete')
    .argument('<name>')
    .option('--yes', 'skip the confirmation', false)
    .option('--json', 'print JSON')
    .description('delete a workspace with all its data, and remove its activities from HubSpot')
    .addHelpText('after', examples('workspace delete "Northwind Sales"', 'workspace delete Northwind --yes --json'))
    .action(async (name: string, options: { yes: boolean } & Json) => {
      const config = loadConfig(process.env);
      const [{ deleteWorkspaceFromShell }, { onDatabase }] = await load();
      await onDatabase(config.databaseUrl, () => deleteWorkspaceFromShell(config, name, options, outputFor(options)));
    });
}

const MOST_DAYS = 3_650;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The time some days from now. */
function inDays(text: string): Date {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw new InvalidArgumentError(`Give a whole number of days, from 1 to ${MOST_DAYS}.`);
  return new Date(Date.now() + days * DAY_MS);
}

function addSignInCommand(workspaces: Command): void {
  workspaces
    .command('sign-in')
    .argument('<name>')
    .argument('<email>')
    .option('--json', 'print JSON')
    .description('print a sign-in link for an admin of a workspace, even if it has switched links off')
    .addHelpText('after', examples('workspace sign-in "Northwind Sales" ana@northwind.example'))
    .action(async (name: string, email: string, options: Json) => {
      const databaseUrl = loadDatabaseUrl(process.env);
      const publicUrl = loadPublicUrl(process.env);
      const [{ createRescueLinkFromShell }, { onDatabase }] = await Promise.all([
        import('./workspace.js'),
        import('./database.js'),
      ]);
      await onDatabase(databaseUrl, (url) =>
        createRescueLinkFromShell(url, { name, email, publicUrl }, outputFor(options)),
      );
    });
}

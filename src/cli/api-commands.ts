import { Option, type Command } from 'commander';
import type { ApiOptions } from './api';
import type { AuditOptions } from './audit';
import { examples } from './examples';

/** Adds the commands that call a running server with an API key. */
export function addApiCommands(program: Command): void {
  addSyncCommands(program);
  addMeetingCommands(program);
  addBackfillCommands(program);
  addReviewCommands(program);
  addAuditCommand(program);
  addWorkspaceCommands(program);
  addPropertyCommands(program);
  addBrowserCommands(program);
}

/** A command that calls a server, with the options that all of them have. */
function call(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .addOption(new Option('--url <address>', "the server's address (default: PUBLIC_URL, or the running npm start)"))
    .addOption(new Option('--key <key>', "the workspace's API key (default: BOOTSTRAP_API_KEY, or npm start's)"))
    .addOption(new Option('--json', 'print JSON, and no progress'));
}

type Resync = ApiOptions & { readonly all?: boolean; readonly reason?: string; readonly overwrite?: boolean };

function addSyncCommands(program: Command): void {
  call(program, 'sync', 'post one meeting and follow its sync')
    .argument('<file>', 'a processed meeting as JSON')
    .addHelpText('after', examples('sync examples/meeting.json', 'sync meeting.json --json'))
    .action(async (file: string, options: ApiOptions) => {
      const { syncFile } = await import('./meetings.js');
      await syncFile(file, options);
    });

  call(program, 'resync', 'run a sync again')
    .argument('[meetingId]')
    .option('--all', 'every meeting that needs attention')
    .option('--reason <code>', 'with --all: only meetings with this reason code')
    .option('--overwrite', 'with one meeting: also replace what people changed in HubSpot')
    .addHelpText('after', examples('resync acme-demo-1', 'resync --all --reason reauthorize'))
    .action(async (meetingId: string | undefined, options: Resync) => {
      const { resyncMeetings } = await import('./meetings.js');
      await resyncMeetings(meetingId, options);
    });

  call(
    program,
    'status',
    'show the status of one meeting as JSON, or a line for each of the 50 newest meetings and the progress of more',
  )
    .argument('[meetingId]')
    .addHelpText('after', examples('status', 'status acme-demo-1', 'status --json --url https://meetings.example.com'))
    .action(async (meetingId: string | undefined, options: ApiOptions) => {
      const { showStatus } = await import('./meetings.js');
      await showStatus(meetingId, options);
    });
}

function addMeetingCommands(program: Command): void {
  call(program, 'preview', 'show what a sync of a meeting would write and link now, without writing')
    .argument('<meetingId>')
    .addHelpText('after', examples('preview acme-demo-1', 'preview acme-demo-1 --json'))
    .action(async (meetingId: string, options: ApiOptions) => {
      const { showPreview } = await import('./preview.js');
      await showPreview(meetingId, options);
    });

  call(program, 'delete', 'remove both activities of a meeting from HubSpot, and erase the meeting here')
    .argument('<meetingId>')
    .option('--yes', 'skip the confirmation', false)
    .addHelpText('after', examples('delete acme-demo-1', 'delete acme-demo-1 --yes --json'))
    .action(async (meetingId: string, options: ApiOptions & { yes: boolean }) => {
      const { deleteMeeting } = await import('./meetings.js');
      await deleteMeeting(meetingId, options);
    });

  call(program, 'demo', 'post the example meeting and made-up ones with people of the sandbox')
    .option('--count <number>', 'how many made-up meetings', '40')
    .addHelpText('after', examples('demo', 'demo --count 5'))
    .action(async (options: ApiOptions & { count: string }) => {
      const { postDemo } = await import('./demo.js');
      await postDemo(options);
    });
}

function addBackfillCommands(program: Command): void {
  const backfill = call(program, 'backfill', 'post a file of meetings and follow their syncs')
    .argument('<file>', 'NDJSON, one processed meeting per line')
    .addHelpText('after', examples('backfill meetings.ndjson', 'backfill pause 0d9c1e9e-6a54-4f7e-9c43-6f3ad1a3a5f1'))
    .action(async (file: string, options: ApiOptions) => {
      const { backfillFile } = await import('./backfill.js');
      await backfillFile(file, options);
    });

  for (const [action, description] of [
    ['pause', 'start no further syncs of a backfill'],
    ['resume', 'resume a paused backfill'],
    ['stop', 'end a backfill; its meetings that are not started are never synced'],
  ] as const)
    call(backfill, action, description)
      .argument('<backfillId>')
      .addHelpText('after', examples(`backfill ${action} 0d9c1e9e-6a54-4f7e-9c43-6f3ad1a3a5f1`))
      .action(async (backfillId: string, _: ApiOptions, command: Command) => {
        const { actOnBackfill } = await import('./backfill.js');
        // `backfill` has options of the same names, and takes those that stand before its subcommand.
        await actOnBackfill(action, backfillId, command.optsWithGlobals<ApiOptions>());
      });
}

function addReviewCommands(program: Command): void {
  const reviews = call(program, 'reviews', 'list the suggestions for properties that wait for a person')
    .option('--status <status>', 'open, accepted, refused, replaced or ended', 'open')
    .addHelpText('after', examples('reviews', 'reviews --status ended --json'))
    .action(async (options: ApiOptions & { status: string }) => {
      const { listReviews } = await import('./reviews.js');
      await listReviews(options);
    });

  for (const [decision, description] of [
    ['accept', 'write a suggested value to HubSpot'],
    ['refuse', 'leave what HubSpot has'],
  ] as const) {
    const decide = call(reviews, decision, description).argument('<reviewId>');
    if (decision === 'accept') decide.option('--value <value>', 'write this value instead of the suggested one');
    decide
      .addHelpText('after', examples(`reviews ${decision} 0d9c1e9e-6a54-4f7e-9c43-6f3ad1a3a5f1`))
      .action(async (id: string, _: ApiOptions, command: Command) => {
        const { decideReview } = await import('./reviews.js');
        // `reviews` has options of the same names, and takes those that stand before its subcommand.
        await decideReview(id, decision, command.optsWithGlobals<ApiOptions & { value?: string }>());
      });
  }
}

function addAuditCommand(program: Command): void {
  call(program, 'audit', 'list who did what: the newest 100 events of the audit trail')
    .option('--who <actor>', 'the id of a member or an API key, or a name such as "the operator"')
    .option('--group <group>', 'a group of actions, such as settings, key or sign_in')
    .option('--object <id>', 'the id of an object, such as a meeting')
    .option('--from <day>', 'first day: 2026-11-06')
    .option('--to <day>', 'last day')
    .option('--search <words>', 'beginnings of words')
    .addHelpText('after', examples('audit', 'audit --group settings --from 2026-11-01 --json'))
    .action(async (options: AuditOptions) => {
      const { listAudit } = await import('./audit.js');
      await listAudit(options);
    });
}

function addWorkspaceCommands(program: Command): void {
  call(program, 'reconcile', 'compare every record and link with HubSpot, and repair differences')
    .addHelpText('after', examples('reconcile', 'reconcile --json'))
    .action(async (options: ApiOptions) => {
      const { reconcile } = await import('./reconcile.js');
      await reconcile(options);
    });

  call(program, 'settings', 'show the sync settings, one of them, or change some')
    .argument('[settings...]', 'NAME to show one, NAME=VALUE to change one; lists are comma-separated')
    .addHelpText(
      'after',
      examples(
        'settings',
        'settings lateMatchDays',
        'settings externalOnly=true excludedTitleWords=interview,1:1',
        'settings maxDeals=null ownDomains=',
      ),
    )
    .action(async (given: string[], options: ApiOptions) => {
      const { showOrChangeSettings } = await import('./settings.js');
      await showOrChangeSettings(given, options);
    });
}

function addPropertyCommands(program: Command): void {
  const properties = call(program, 'properties', 'list the properties of an object type, which fieldMappings can name')
    .argument('<objectType>', 'contacts, companies, deals or the 2-… id of a custom object type')
    .option('--writable', 'only those that take values')
    .addHelpText('after', examples('properties deals', 'properties contacts --writable --json'))
    .action(async (objectType: string, options: ApiOptions & { writable?: boolean }) => {
      const { listProperties } = await import('./properties.js');
      await listProperties(objectType, options);
    });

  call(
    properties,
    'create-standard',
    'create the group meeting_sync, and properties for the values that every meeting has, on contacts, companies and deals',
  )
    .addHelpText('after', examples('properties create-standard'))
    .action(async (_: ApiOptions, command: Command) => {
      const { createStandardProperties } = await import('./properties.js');
      await createStandardProperties(command.optsWithGlobals<ApiOptions>());
    });
}

function addBrowserCommands(program: Command): void {
  call(program, 'open', 'make a sign-in link, which works once within five minutes, and open it in the browser')
    .option('--no-open', 'only print the link')
    .addHelpText('after', examples('open', 'open --no-open'))
    .action(async (options: ApiOptions & { open: boolean }) => {
      const { openPages } = await import('./connect.js');
      await openPages(options);
    });

  call(program, 'connect', 'make a link that connects HubSpot, open it, and wait until HubSpot is connected')
    .option('--no-open', 'do not open a browser')
    .option('--no-wait', 'only print the link; so does --json')
    .addHelpText('after', examples('connect', 'connect --no-open --no-wait'))
    .action(async (options: ApiOptions & { open: boolean; wait: boolean }) => {
      const { connectHubSpot } = await import('./connect.js');
      await connectHubSpot(options);
    });
}

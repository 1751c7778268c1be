import { z } from 'zod';
import { chooseRecord, presentMeeting } from '../../record-choices';
import { resyncMeeting } from '../../acts/meeting-acts';
import { statusOf } from '../../api/meeting-status';
import { meetingIdInput, meetingUrl, recordInput, status, type NamedRecord } from '../shown';
import { defineTool, requireScope, type ToolContext } from '../tool';
import { effect, effectOf, type Effect, type Requested } from './dry-run';
import { requireOwnAccount } from './own-account';

const dryRun = z
  .boolean({ error: 'must be true or false' })
  .default(true)
  .meta({ description: 'true: only show what would happen. Call again with false to do it' });

const output = z.object({
  dryRun: z.boolean(),
  message: z.string().meta({ description: 'What was done, or what the dry run found' }),
  effect: effect.nullable().meta({ description: 'What the sync would do; null if it was requested' }),
  meeting: z
    .object({ meetingId: z.string(), status, url: z.string() })
    .nullable()
    .meta({ description: 'The meeting after the request; null in a dry run. get_meeting shows the outcome' }),
});
type Output = z.input<typeof output>;

const DRY_RUN_FIRST =
  'Without dryRun=false it changes nothing and shows exactly which links, activities, property values and tasks the sync would change. Show the result to the user before you call it with dryRun=false.';

/** Links a record by hand. */
export const linkRecord = defineTool({
  name: 'link_record',
  title: 'Link a record to a meeting',
  description: `Links a HubSpot contact, company, deal or custom object to a meeting by hand, and syncs the meeting: it appears on the timeline of the record, and of the companies and deals that the record leads to. The link stays at every later sync. unlink_record undoes it. ${DRY_RUN_FIRST}`,
  scope: 'meetings:write',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ meetingId: meetingIdInput, record: recordInput, dryRun }),
  output,
  run: async (context, { dryRun: isDryRun, ...given }) => await choose(context, given, 'linked', isDryRun),
});

/** Unlinks a record by hand. */
export const unlinkRecord = defineTool({
  name: 'unlink_record',
  title: 'Unlink a record from a meeting',
  description: `Unlinks a record from a meeting by hand, with the links that only it led to, and syncs the meeting. They stay unlinked at every later sync. If no record is left, both activities are removed from HubSpot. link_record links it again. ${DRY_RUN_FIRST}`,
  scope: 'meetings:write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ meetingId: meetingIdInput, record: recordInput, dryRun }),
  output,
  run: async (context, { dryRun: isDryRun, ...given }) => await choose(context, given, 'unlinked', isDryRun),
});

/** Runs the sync of a meeting again. */
export const runAgain = defineTool({
  name: 'run_again',
  title: 'Run the sync of a meeting again',
  description: `Syncs a meeting again, in any state: it matches people and records as HubSpot has them now, and writes both activities again. What people changed in them in HubSpot stays, unless overwrite is true. ${DRY_RUN_FIRST}`,
  scope: 'meetings:write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    meetingId: meetingIdInput,
    overwrite: z
      .boolean({ error: 'must be true or false' })
      .default(false)
      .meta({ description: 'Replaces what people changed in the activities in HubSpot' }),
    dryRun,
  }),
  output,
  async run(context, { meetingId, overwrite, dryRun: isDryRun }) {
    const { deps, workspaceId, actor } = context;
    if (isDryRun) return await dryRunOf(context, meetingId, { choice: null, overwrite });
    const key = { workspaceId, meetingId };
    await presentMeeting(deps, key);
    await resyncMeeting(deps.db, key, actor, overwrite ? 'overwrite' : 'resync');
    await deps.starter.start(workspaceId, meetingId);
    return await requested(context, meetingId, 'The sync runs again.');
  },
});

async function choose(
  context: ToolContext,
  { meetingId, record }: { readonly meetingId: string; readonly record: NamedRecord },
  choice: 'linked' | 'unlinked',
  isDryRun: boolean,
): Promise<Output> {
  const { deps, workspaceId, actor } = context;
  await requireOwnAccount(context, record);
  const { account: _account, ...ref } = record;
  if (isDryRun) return await dryRunOf(context, meetingId, { choice: { ...ref, choice }, overwrite: false });
  await chooseRecord(deps, { workspaceId, meetingId }, ref, choice, actor);
  const done = choice === 'linked' ? 'The record is linked by hand.' : 'The link to the record is removed by hand.';
  return await requested(context, meetingId, `${done} The sync runs now.`);
}

async function dryRunOf(context: ToolContext, meetingId: string, request: Requested): Promise<Output> {
  requireScope(context, 'read', 'A dry run');
  const found = await effectOf(context, meetingId, request);
  return { dryRun: true, message: `Nothing was changed. ${wordsOf(found)}`, effect: found, meeting: null };
}

function wordsOf({ written, activities, linksAdded, linksRemoved }: Effect): string {
  const links = `The sync would add ${linksAdded.total} and remove ${linksRemoved.total} links.`;
  if (written) return links;
  return activities.summary === 'removed'
    ? `${links} The meeting would not be written any more, so its activities would be removed from HubSpot. effect.reason says why.`
    : `${links} The meeting would be on no timeline. effect.reason says why.`;
}

async function requested({ deps, workspaceId }: ToolContext, meetingId: string, message: string): Promise<Output> {
  const document = await statusOf(deps, workspaceId, meetingId);
  const url = meetingUrl(deps.config.publicUrl, meetingId);
  return { dryRun: false, message, effect: null, meeting: { meetingId, status: document.status, url } };
}

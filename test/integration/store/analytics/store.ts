import type { Kysely } from 'kysely';
import { matchableParticipants } from '../../../../src/meeting/people/participants';
import { processedMeetingSchema, type ProcessedMeetingInput } from '../../../../src/meeting/intake/schema';
import { settingsSchema } from '../../../../src/meeting/settings';
import type { SyncStatus, UnmatchedPerson } from '../../../../src/meeting/status';
import { saveCatalogue } from '../../../../src/store/mirror/catalogue';
import { saveConnection } from '../../../../src/store/connections/connections';
import { saveStepTasks } from '../../../../src/store/engagements/tasks';
import type { AccountMeeting } from '../../../../src/store/meetings/key';
import { replaceLinks } from '../../../../src/store/meetings/links';
import { acceptMeeting } from '../../../../src/store/meetings/meetings';
import { saveParticipants, saveRecords, trackRecords, timeOfReading } from '../../../../src/store/mirror/mirror';
import type { Database } from '../../../../src/store/schema';
import { meeting } from '../../../support/meetings';

/** A record as HubSpot stores it. */
export interface MadeRecord {
  readonly type: string;
  readonly id: string;
  /** Null for an archived record; undefined for a record that was never read. */
  readonly properties?: Readonly<Record<string, string | null>> | null;
  readonly mergedInto?: string | null;
}

export interface MadeLink {
  readonly type: string;
  readonly id: string;
  readonly refused?: boolean;
}

/** The task of a meeting's next step. `unwritten`: HubSpot has not confirmed it. */
export interface MadeTask {
  /** From 0. */
  readonly position: number;
  readonly state: 'open' | 'completed' | 'deleted' | 'unwritten';
  readonly ownerEmail: string;
  readonly dueAt: string;
  readonly completedAt: string;
}

/** A meeting and the result of its sync. */
export interface MadeMeeting {
  readonly body: Partial<ProcessedMeetingInput> & { readonly meetingId: string };
  readonly status?: SyncStatus;
  readonly erasing?: boolean;
  readonly links?: readonly MadeLink[];
  /** Links to records of an account that was connected before. */
  readonly formerLinks?: readonly MadeLink[];
  readonly unmatched?: readonly UnmatchedPerson[];
  /** Whether the last sync wrote to that former account. */
  readonly former?: boolean;
  readonly tasks?: readonly MadeTask[];
}

const PIPELINES = [
  {
    id: 'p1',
    label: 'New business',
    position: 0,
    stages: [
      { id: 's1', label: 'Qualified', position: 0, isClosed: false, probability: 0.2 },
      { id: 's2', label: 'Closed won', position: 1, isClosed: true, probability: 1 },
      { id: 's3', label: 'Closed lost', position: 2, isClosed: true, probability: 0 },
    ],
  },
  {
    id: 'p0',
    label: 'Renewals',
    position: 1,
    stages: [
      { id: 't2', label: 'Talking', position: 1, isClosed: false, probability: 0.5 },
      { id: 't1', label: 'Due', position: 0, isClosed: false, probability: null },
    ],
  },
];

const OWNERS = [
  { id: '1', email: 'Ana@northwind.example', name: 'Ana Ruiz', archived: false },
  { id: '2', email: 'bo@northwind.example', name: 'Bo (left)', archived: true },
  { id: '3', email: 'Bo@Northwind.example', name: 'Bo Berg', archived: false },
  { id: '4', email: 'nameless@northwind.example', name: null, archived: false },
];

/** Connects the workspace to an account with pipelines, owners and custom object types. */
export async function connect(
  db: Kysely<Database>,
  { workspaceId, portalId, timeZone = 'Europe/Madrid' }: { workspaceId: string; portalId: number; timeZone?: string },
): Promise<void> {
  await saveConnection(db, {
    workspaceId,
    portalId,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone,
    accountType: 'STANDARD',
    userId: null,
    userEmail: null,
    scopes: [],
    tokens: { accessToken: 'sealed', refreshToken: 'sealed', expiresInSeconds: 1800 },
  });
  await saveCatalogue(db, portalId, {
    pipelines: new Map([['deals', PIPELINES]]),
    objectTypes: [
      {
        objectType: '2-1',
        singular: 'Contract',
        plural: 'Contracts',
        primaryProperty: null,
        properties: [],
        hasPipelines: false,
      },
    ],
    owners: { owners: OWNERS, complete: true },
  });
}

export async function putRecords(
  db: Kysely<Database>,
  portalId: number,
  records: readonly MadeRecord[],
): Promise<void> {
  const refOf = ({ type, id }: MadeRecord) => ({ objectType: type, id });
  await trackRecords(db, portalId, records.map(refOf));
  const read = records.flatMap((record) =>
    record.properties === undefined
      ? []
      : [{ ref: refOf(record), properties: record.properties, mergedInto: record.mergedInto ?? null }],
  );
  await saveRecords(db, portalId, read, await timeOfReading(db));
}

/** Stores a meeting the way the API and a sync would. */
export async function putMeeting(
  db: Kysely<Database>,
  { workspaceId, portalId, formerPortalId }: { workspaceId: string; portalId: number; formerPortalId?: number },
  made: MadeMeeting,
): Promise<void> {
  const startedAt = made.body.startedAt ?? '2026-11-03T10:00:00+01:00';
  const body = processedMeetingSchema.parse(meeting({ startedAt, endedAt: startedAt, ...made.body }));
  const key = { workspaceId, meetingId: body.meetingId };
  await acceptMeeting(db, { workspaceId, meeting: body });
  const { external } = matchableParticipants(body, settingsSchema.parse({}));
  await saveParticipants(db, key, external);
  await db
    .updateTable('meetings')
    .set({
      status: made.status ?? 'synced',
      erasing: made.erasing ?? false,
      unmatched: JSON.stringify(made.unmatched ?? []),
      portal_id: made.former === true ? (formerPortalId ?? null) : portalId,
    })
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: body.meetingId }))
    .execute();
  const linked: [number | undefined, readonly MadeLink[]][] = [
    [portalId, made.links ?? []],
    [formerPortalId, made.formerLinks ?? []],
  ];
  for (const [portal, links] of linked) {
    if (portal === undefined || links.length === 0) continue;
    const asLinks = links.map(({ type, id }) => ({ objectType: type, id, via: 'manual' as const, from: null }));
    // oxlint-disable-next-line no-await-in-loop -- two at most
    await replaceLinks(db, key, portal, asLinks);
    for (const { type, id } of links.filter(({ refused }) => refused === true))
      // oxlint-disable-next-line no-await-in-loop -- few
      await db
        .updateTable('links')
        .set({ refused: 'limit reached' })
        .where((where) =>
          where.and({
            workspace_id: workspaceId,
            meeting_id: body.meetingId,
            portal_id: portal,
            object_type: type,
            record_id: id,
          }),
        )
        .execute();
  }
  for (const task of made.tasks ?? []) {
    const text = body.summary.nextSteps[task.position]?.text;
    // oxlint-disable-next-line no-await-in-loop -- few
    if (text !== undefined) await putTask(db, { ...key, portalId }, text, task);
  }
}

async function putTask(
  db: Kysely<Database>,
  key: AccountMeeting,
  text: string,
  { position, state, ownerEmail, dueAt, completedAt }: MadeTask,
): Promise<void> {
  const kind = `task:${position}` as const;
  await saveStepTasks(db, key, [{ kind, stepId: null, textKey: text, text, position, ownerEmail, dueAt }]);
  const ofTask = { workspace_id: key.workspaceId, meeting_id: key.meetingId, portal_id: key.portalId, kind };
  await db
    .insertInto('engagements')
    .values({
      ...ofTask,
      object_type: 'tasks',
      ...(state === 'unwritten'
        ? { state: 'writing', writing_since: new Date() }
        : {
            state: 'written',
            hubspot_id: `${key.workspaceId}/${key.meetingId}/${position}`,
            url: 'https://app.hubspot.example',
          }),
      deleted_at: state === 'deleted' ? new Date() : null,
    })
    .execute();
  if (state === 'completed' || state === 'deleted')
    await db
      .updateTable('step_tasks')
      .set({ completed_at: state === 'completed' ? completedAt : null })
      .where((where) => where.and(ofTask))
      .execute();
}

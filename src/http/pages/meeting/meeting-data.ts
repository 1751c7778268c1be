import type { ContextRecord } from '../../../meeting/context';
import type { Choice } from '../../../meeting/linking/choices';
import { recordKey } from '../../../meeting/linking/cascade';
import { matchableParticipants, type MeetingPeople } from '../../../meeting/people/participants';
import type { MeetingPreview } from '../../../meeting/preview';
import type { StatusDocument } from '../../../meeting/status';
import { previewedActivities } from '../../../planning/preview';
import { findConnection, type ConnectionRow } from '../../../store/connections/connections';
import type { Db } from '../../../store/database';
import { listLinks, type StoredLink } from '../../../store/meetings/links';
import { listChoices } from '../../../store/meetings/manual-links';
import { findMeeting, type MeetingRow } from '../../../store/meetings/meetings';
import { describeRecords } from '../../../store/mirror/context';
import { loadSettings } from '../../../store/settings/settings';
import { statusDocument, type TemporalUi } from '../../../store/meetings/status-documents';
import { listPasses, type SyncPass } from '../../../store/meetings/sync-passes';
import { isMeetingId } from '../../../meeting/meeting-id';

/** The data of a meeting's page. */
export interface MeetingData {
  readonly row: MeetingRow;
  readonly document: StatusDocument;
  /** Links in the account of the last sync, including those that HubSpot refused. */
  readonly links: readonly StoredLink[];
  readonly choices: readonly Choice[];
  /** By `recordKey`. */
  readonly records: ReadonlyMap<string, Omit<ContextRecord, 'via'>>;
  readonly names: ReadonlyMap<string, string>;
  /** Names of the custom object types, by id. */
  readonly typeNames: ReadonlyMap<string, string>;
  /** Null once the meeting was deleted, as are the activities. */
  readonly people: MeetingPeople | null;
  readonly activities: MeetingPreview['activities'] | null;
  readonly passes: readonly SyncPass[];
  readonly connection: ConnectionRow | null;
}

/** Loads the data; null when the workspace has no such meeting. */
export async function loadMeetingData(
  db: Db,
  workspaceId: string,
  meetingId: string,
  ui: TemporalUi,
): Promise<MeetingData | null> {
  if (!isMeetingId(meetingId)) return null;
  const key = { workspaceId, meetingId };
  const [row, document, passes, connection, settings] = await Promise.all([
    findMeeting(db, key),
    statusDocument(db, workspaceId, meetingId, ui),
    listPasses(db, key),
    findConnection(db, workspaceId),
    loadSettings(db, workspaceId),
  ]);
  if (row === null || document === null) return null;
  const portalId = row.portal_id ?? connection?.portal_id ?? null;
  const [links, choices] =
    portalId === null ? [[], []] : await Promise.all([listLinks(db, key, portalId), listChoices(db, key, portalId)]);
  const described =
    portalId === null
      ? []
      : await describeRecords(
          db,
          portalId,
          [...links, ...choices].map(({ objectType, id }) => ({ objectType, id })),
        );
  const keyed = described.map((record) => [recordKey(record), record] as const);
  return {
    row,
    document,
    links,
    choices,
    records: new Map(keyed),
    names: new Map(keyed.flatMap(([of, { name }]) => (name === null ? [] : [[of, name] as const]))),
    typeNames: new Map(
      described.flatMap(({ objectType, typeName }) => (typeName === null ? [] : [[objectType, typeName] as const])),
    ),
    people: row.body === null ? null : matchableParticipants(row.body, settings),
    activities: row.body === null ? null : previewedActivities(row.body, settings),
    passes,
    connection,
  };
}

import { recordKey } from '../meeting/cascade';
import type { Db } from './database';
import { listLinks } from './links';
import { mirroredOf } from './mirror';
import { findMeeting } from './meetings';

/** A linked record as the mirror has it; `properties` is null until it was read for the first time. */
export interface ContextRecord {
  readonly objectType: string;
  readonly id: string;
  readonly via: 'participant' | 'domain' | 'cascade' | 'manual';
  readonly properties: Readonly<Record<string, string | null>> | null;
  /** ISO 8601. */
  readonly readAt: string | null;
}

/** The business behind a meeting. */
export interface MeetingContext {
  readonly meetingId: string;
  readonly contacts: ContextRecord[];
  readonly companies: ContextRecord[];
  readonly deals: ContextRecord[];
  readonly customObjects: ContextRecord[];
}

/** The linked records with their properties, or null when the workspace has no such meeting. */
export async function meetingContext(db: Db, workspaceId: string, meetingId: string): Promise<MeetingContext | null> {
  const key = { workspaceId, meetingId };
  const meeting = await findMeeting(db, key);
  if (meeting === null) return null;
  const links =
    meeting.portal_id === null
      ? []
      : (await listLinks(db, key, meeting.portal_id)).filter((link) => link.refused === null);
  const mirrored = meeting.portal_id === null ? [] : await mirroredOf(db, meeting.portal_id, links);
  const byKey = new Map(mirrored.map((record) => [`${record.object_type}/${record.record_id}`, record]));
  const records = links.map(({ objectType, id, via }): ContextRecord => {
    const record = byKey.get(recordKey({ objectType, id }));
    return {
      objectType,
      id,
      via,
      properties: record?.properties ?? null,
      readAt: record?.read_at?.toISOString() ?? null,
    };
  });
  const of = (objectType: string) => records.filter((record) => record.objectType === objectType);
  return {
    meetingId,
    contacts: of('contacts'),
    companies: of('companies'),
    deals: of('deals'),
    customObjects: records.filter((record) => record.objectType.startsWith('2-')),
  };
}

import { READ_BY_THIS_PASS, type ConnectedCrm } from '../../connection/open-crm';
import { recordKey } from '../../meeting/linking/cascade';
import { candidatesOf } from '../../planning/fields/candidates-of';
import { knownProperties } from '../../planning/fields/known-properties';
import { recordsToPutBack, saveCandidates, withdrawCandidates } from '../../store/fields/candidates';
import type { MeetingKey } from '../../store/meetings/key';
import { listLinks } from '../../store/meetings/links';
import { loadSettings } from '../../store/settings/settings';
import { loadMeeting, type ActivityDependencies } from '../dependencies';
import { settleRecords } from './settle-records';

/**
 * Brings the mapped properties of the linked records to the values that are due: those of the newest meeting, unless a
 * person changed one.
 */
export function writeFields(dependencies: ActivityDependencies) {
  return async (key: MeetingKey): Promise<{ readonly records: number }> => {
    const { db, gateway } = dependencies;
    const connected = await gateway.connect(key.workspaceId, READ_BY_THIS_PASS);
    const { crm, portalId } = connected;
    const { meeting, settings } = await loadMeeting(dependencies, key);
    const links = (await listLinks(db, key, portalId)).filter((link) => link.refused === null);
    const types = new Set(links.map(({ objectType }) => objectType));
    const mappings = settings.fieldMappings.filter(({ objectType }) => types.has(objectType));
    const properties = await knownProperties(crm, new Set(mappings.map(({ objectType }) => objectType)), mappings);
    const candidates = candidatesOf(meeting, { links, mappings, properties });
    const records = await saveCandidates(db, key, portalId, {
      startedAt: meeting.startedAt,
      linked: links,
      candidates,
    });
    await settleRecords(dependencies, connected, { workspaceId: key.workspaceId, settings, records });
    return { records: records.length };
  };
}

/** Puts back what HubSpot had before the values of a meeting, where HubSpot still has them, or writes those of older meetings. */
export async function takeBackFields(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  key: MeetingKey,
): Promise<void> {
  const { db } = dependencies;
  const { workspaceId } = key;
  const withdrawn = await withdrawCandidates(db, key, connected.portalId);
  const records = [...withdrawn, ...(await recordsToPutBack(db, workspaceId, connected.portalId))];
  if (records.length === 0) return;
  const latest = [...new Map(records.map((each) => [recordKey(each), each])).values()];
  const settings = await loadSettings(db, workspaceId);
  await settleRecords(dependencies, connected, { workspaceId, settings, records: latest });
}

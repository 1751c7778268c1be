import { batcher } from './client/batching';
import { batchAnswer, crmRecord } from './client/batch-answers';
import { isRejected } from './client/errors';
import { unique } from './objects';
import type { Portal } from './client/portal';
import { HUBSPOT_API_VERSION } from './client/transport';

/**
 * `archived`: deleted but restorable. `gone`: deleted for good. A merged record has the state of the record that it
 * became.
 */
export type RecordState = 'live' | 'archived' | 'gone';

const records = batchAnswer(crmRecord);

/** The records of one type in one account. */
interface RecordsOfType {
  readonly portal: Portal;
  /** The base path of their API. */
  readonly path: string;
}

/**
 * Finds out whether records of a type are live, archived or gone. Reads live records, then archived ones, a hundred a
 * call. Records that are in neither answer are read one by one, because batch reads may omit merged records.
 */
export function recordStates(portal: Portal, objectType: string): (id: string) => Promise<RecordState> {
  const ofType = { portal, path: `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}` };
  return batcher(portal, {
    budget: 'requests',
    maxBatchSize: 100,
    send: async (ids: readonly string[]): Promise<(RecordState | Error)[]> => {
      const live = await readTogether(ofType, unique(ids), { archived: false });
      const missing = unique(ids).filter((id) => !live.has(id));
      const archived = missing.length === 0 ? new Set<string>() : await readArchived(ofType, missing);
      const others = new Map<string, RecordState | Error>();
      // Sequential: parallel reads would use up the account's limit.
      for (const id of missing) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (!archived.has(id)) others.set(id, await readAlone(ofType, id).catch(asError));
      }
      return ids.map((id) => (live.has(id) ? 'live' : (others.get(id) ?? 'archived')));
    },
  });
}

async function readArchived(ofType: RecordsOfType, ids: readonly string[]): Promise<Set<string>> {
  await ofType.portal.slot('requests');
  return await readTogether(ofType, ids, { archived: true });
}

async function readTogether(
  { portal, path }: RecordsOfType,
  ids: readonly string[],
  { archived }: { archived: boolean },
): Promise<Set<string>> {
  const { body } = await portal.send(
    {
      method: 'POST',
      path: `${path}/batch/read`,
      ...(archived ? { query: { archived: 'true' } } : {}),
      json: { inputs: ids.map((id) => ({ id })), properties: ['hs_object_id'], propertiesWithHistory: [] },
    },
    'requests',
  );
  return new Set(
    records
      .parse(body)
      .results.filter((record) => record.archived === archived)
      .map((record) => record.id),
  );
}

async function readAlone(ofType: RecordsOfType, id: string): Promise<RecordState> {
  if (await answers(ofType, id, {})) return 'live';
  return (await answers(ofType, id, { archived: 'true' })) ? 'archived' : 'gone';
}

async function answers({ portal, path }: RecordsOfType, id: string, query: Record<string, string>): Promise<boolean> {
  try {
    await portal.slot('requests');
    await portal.send({ method: 'GET', path: `${path}/${id}`, query }, 'requests');
    return true;
  } catch (error) {
    if (isRejected(error, 'gone')) return false;
    throw error;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

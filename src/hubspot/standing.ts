import { batcher } from './batching';
import { batchAnswer, crmRecord } from './batch-answers';
import { isGone, unique } from './objects';
import type { Portal } from './portal';
import { HUBSPOT_API_VERSION } from './transport';

/** `archived`: deleted, and HubSpot can restore it; `gone`: not even that. A merged record stands as the one it became. */
export type Standing = 'live' | 'archived' | 'gone';

const records = batchAnswer(crmRecord);

/**
 * What HubSpot has of records of a type, as sure as it can be told: live ones are asked for, then archived ones, a
 * hundred a call. What both leave out is asked for alone, since batches may leave out merged records.
 */
export function standing(portal: Portal, objectType: string): (id: string) => Promise<Standing> {
  const path = `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}`;
  return batcher(portal, {
    budget: 'requests',
    maxBatchSize: 100,
    send: async (ids: readonly string[]): Promise<(Standing | Error)[]> => {
      const live = await among(unique(ids), { archived: false });
      const missing = unique(ids).filter((id) => !live.has(id));
      const archived =
        missing.length === 0 ? new Set<string>() : await slotted(() => among(missing, { archived: true }));
      const others = new Map<string, Standing | Error>();
      // One after the other: so many at once would use up the account's limit.
      for (const id of missing) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (!archived.has(id)) others.set(id, await alone(id).catch(asError));
      }
      return ids.map((id) => (live.has(id) ? 'live' : (others.get(id) ?? 'archived')));
    },
  });

  async function among(ids: readonly string[], { archived }: { archived: boolean }): Promise<Set<string>> {
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

  async function alone(id: string): Promise<Standing> {
    if (await answers(id, {})) return 'live';
    return (await answers(id, { archived: 'true' })) ? 'archived' : 'gone';
  }

  async function answers(id: string, query: Record<string, string>): Promise<boolean> {
    try {
      await slotted(() => portal.send({ method: 'GET', path: `${path}/${id}`, query }, 'requests'));
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  async function slotted<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    await portal.slot('requests');
    return await send();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

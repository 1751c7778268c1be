import { batcher } from './client/batching';
import { batchAnswer, crmRecord, errorNaming } from './client/batch-answers';
import { isRejected } from './client/errors';
import { unique } from './objects';
import type { Portal } from './client/portal';
import { HUBSPOT_API_VERSION } from './client/transport';

/** `unknown`: HubSpot answered, but the answer does not show it. */
export type Existence = 'there' | 'gone' | 'unknown';

const records = batchAnswer(crmRecord);

/**
 * Checks whether activities still exist in HubSpot, a hundred a call and without their bodies. Batch reads report
 * deleted ones as an entry in a 207. That is no error answer, which HubSpot would count. Ids that an answer lacks are
 * read alone.
 */
export function existence(portal: Portal, objectType: string): (id: string) => Promise<Existence> {
  const base = `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}`;
  const path = `${base}/batch/read`;
  return batcher(portal, {
    budget: 'requests',
    maxBatchSize: 100,
    send: async (ids: readonly string[]): Promise<(Existence | Error)[]> => {
      const inputs = unique(ids).map((id) => ({ id }));
      const json = { inputs, properties: ['hs_object_id'], propertiesWithHistory: [] };
      const { body } = await portal.send({ method: 'POST', path, json }, 'requests');
      const { results, errors } = records.parse(body);
      const answerOf = (id: string): Existence | null => {
        const record = results.find((result) => result.id === id);
        if (record !== undefined) return record.archived ? 'gone' : 'there';
        const error = errorNaming(errors, id);
        if (error === undefined) return null;
        return error.category === 'OBJECT_NOT_FOUND' ? 'gone' : 'unknown';
      };
      const alone = new Map<string, Existence | Error>();
      for (const id of unique(ids)) {
        // oxlint-disable-next-line no-await-in-loop -- sequential: there are few
        if (answerOf(id) === null) alone.set(id, await askAlone(id));
      }
      return ids.map((id) => answerOf(id) ?? alone.get(id) ?? 'unknown');
    },
  });

  async function askAlone(id: string): Promise<Existence | Error> {
    try {
      await portal.slot('requests');
      const request = { method: 'GET', path: `${base}/${id}`, query: { properties: 'hs_object_id' } } as const;
      const { body } = await portal.send(request, 'requests');
      const record = crmRecord.safeParse(body);
      if (!record.success) return 'unknown';
      return record.data.archived ? 'gone' : 'there';
    } catch (error) {
      if (isRejected(error, 'gone')) return 'gone';
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

import { batcher } from './batching';
import { batchAnswer, crmRecord, errorNaming, inputUnanswered } from './batch-answers';
import { unique } from './objects';
import type { Portal } from './portal';
import { HUBSPOT_API_VERSION } from './transport';

/** `unknown`: HubSpot answered the batch and said nothing of this record. */
export type Existence = 'there' | 'gone' | 'unknown';

const records = batchAnswer(crmRecord);

/**
 * Whether activities still are in HubSpot, a hundred a call and without their bodies. Batch reads answer deleted ones
 * with an entry in a 207, which is no error answer: HubSpot counts those.
 */
export function existence(portal: Portal, objectType: string): (id: string) => Promise<Existence> {
  const path = `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}/batch/read`;
  return batcher(portal, {
    budget: 'requests',
    maxBatchSize: 100,
    send: async (ids: readonly string[]): Promise<Existence[]> => {
      const inputs = unique(ids).map((id) => ({ id }));
      const json = { inputs, properties: ['hs_object_id'], propertiesWithHistory: [] };
      const { body } = await portal.send({ method: 'POST', path, json }, 'requests');
      const { results, errors } = records.parse(body);
      if (results.length === 0 && errors.length === 0) throw inputUnanswered(`POST ${path}`);
      return ids.map((id) => {
        const record = results.find((result) => result.id === id);
        if (record !== undefined) return record.archived ? 'gone' : 'there';
        return errorNaming(errors, id)?.category === 'OBJECT_NOT_FOUND' ? 'gone' : 'unknown';
      });
    },
  });
}

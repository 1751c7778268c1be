import type { CrmRecord } from '../hubspot/client/batch-answers';
import type { EditedQuestion } from '../hubspot/edited-properties';
import type { Properties } from '../hubspot/objects';
import type { EngagementRow } from '../store/engagements/ledger';

type Read = Pick<CrmRecord, 'properties'>;

/** What the ledger knows of our last writes of an activity. */
export type LastWrites = Pick<EngagementRow, 'answered' | 'sending' | 'content_hash' | 'written_at'>;

/** The question which of the wanted properties a person changed. */
export function questionOf(row: LastWrites, wanted: Read['properties'], current: Read): EditedQuestion {
  return {
    wanted: definedOf({ properties: wanted }),
    current,
    answered: row.answered,
    sending: row.sending,
    writtenAt: row.content_hash === null ? null : row.written_at,
  };
}

/** The properties with texts in place of nulls. */
export function definedOf({ properties }: Read): Properties {
  return Object.fromEntries(Object.entries(properties).map(([property, value]) => [property, value ?? '']));
}

import type { RecordRef } from '../../../src/meeting/linking/cascade';
import type { PendingEvent } from '../../../src/store/inbox/crm-events';
import type { CrmEventKind } from '../../../src/store/inbox/tables';

/** A record, given as `contacts/1`. */
export function ref(key: string): RecordRef {
  const [objectType = '', id = ''] = key.split('/');
  return { objectType, id };
}

/** An event of the inbox about records, given as `contacts/1`. */
export function event(
  kind: CrmEventKind,
  records: string | readonly string[],
  property: readonly [name: string, value: string] | null = null,
): PendingEvent {
  return {
    id: 1,
    kind,
    records: [records].flat().map(ref),
    property: property === null ? null : { name: property[0], value: property[1] },
    occurredAt: new Date(),
  };
}

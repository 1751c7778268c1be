import type { Action } from '../../meeting/fields/decide';
import type { Settings } from '../../meeting/settings';
import type { KnownProperties } from '../../planning/fields/candidates-of';
import type { ValuesCrm } from '../../planning/fields/record-values';
import type { DbPool } from '../../store/database';
import type { FieldRecord, WantedRecord } from '../../store/fields/candidates';

/** What the settlement of a record works with. */
export interface SettlementOptions {
  readonly db: DbPool;
  readonly crm: ValuesCrm;
  readonly settings: Settings;
  readonly at: FieldRecord & { readonly record: WantedRecord };
  readonly token: string;
  readonly properties: KnownProperties;
}

/** A decision about a property, and what it was made from. */
export interface Decided {
  readonly property: string;
  readonly action: Action;
  readonly present: string | null;
}

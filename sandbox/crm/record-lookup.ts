import { objectNotFound, recordNotFound, validationError } from '../errors';
import type { SandboxPortal } from './catalogue';
import type { SandboxObjectType } from './object-types';
import type { PropertyRegistry } from './properties';
import type { RecordStore, StoredRecord } from './records';

/** Finds records by id or by a unique property. */
export class RecordLookup {
  constructor(private readonly parts: { properties: PropertyRegistry; records: RecordStore }) {}

  /** Returns the record that an id means now: itself, or the one that it was merged into. */
  follow(portalId: number, typeId: string, id: string): StoredRecord | undefined {
    let record = this.parts.records.get(portalId, typeId, id);
    while (record?.mergedInto !== undefined && record.mergedInto !== null) {
      record = this.parts.records.get(portalId, typeId, record.mergedInto);
    }
    return record;
  }

  /** Finds a record as single reads and writes do: merges are followed, and secondary addresses count for `email`. */
  find(
    portal: SandboxPortal,
    type: SandboxObjectType,
    id: string,
    how: { idProperty?: string | undefined; archived?: boolean; reading?: boolean } = {},
  ): StoredRecord {
    const byProperty = how.idProperty !== undefined && how.idProperty !== 'hs_object_id';
    const actual = byProperty ? this.idByProperty(portal, type, how.idProperty ?? '', id, true) : id;
    const record = actual === undefined ? undefined : this.follow(portal.id, type.typeId, actual);
    if (record === undefined || record.archived !== (how.archived ?? false)) {
      throw how.reading === true && /^\d+$/u.test(id) && !byProperty ? recordNotFound() : objectNotFound(id);
    }
    return record;
  }

  /** @param secondary - whether `hs_additional_emails` counts: it does for single reads, not for batches (strict). */
  idByProperty(
    portal: SandboxPortal,
    type: SandboxObjectType,
    property: string,
    value: string,
    secondary: boolean,
  ): string | undefined {
    const definition = this.parts.properties.of(portal.id, type).get(property);
    if (definition === undefined || !definition.hasUniqueValue) {
      throw validationError(
        `The property "${property}" of ${type.typeId} is not a unique property and cannot be used as idProperty`,
        { context: { idProperty: [property] } },
      );
    }
    const found = this.parts.records.byIdentity(portal.id, type.typeId, property, value);
    if (found !== undefined || !secondary || property !== 'email') return found;
    return this.parts.records.byIdentity(portal.id, type.typeId, 'hs_additional_emails', value);
  }
}

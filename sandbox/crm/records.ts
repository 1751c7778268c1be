import type { SandboxDatabase, Row } from '../store/database';
import { integerIn, optionalIntegerIn, optionalTextIn, textIn } from '../store/database';

export type Values = Record<string, string>;

export interface StoredRecord {
  portalId: number;
  typeId: string;
  id: string;
  properties: Values;
  archived: boolean;
  /** The record that this one was merged into. */
  mergedInto: string | null;
  /** Times in milliseconds. */
  createdAt: number;
  updatedAt: number;
  archivedAt: number | null;
  /** The last write. Until `searchLagMs` after it, search sees `indexed` instead of `properties`. */
  changedAt: number;
  /** What the search index had before the last write; null when the record was not indexed. */
  indexed: Values | null;
}

export interface HistoryEntry {
  value: string;
  at: number;
  source: string;
}

/**
 * Not validated by a schema: only this file writes values, and a schema made a search over 10,000 records four times as
 * slow.
 */
function valuesFrom(json: string): Values {
  const parsed: Values = JSON.parse(json);
  return parsed;
}

/** The records of every account, in SQLite. */
export class RecordStore {
  constructor(private readonly database: SandboxDatabase) {}

  nextId(portalId: number): string {
    // At HubSpot, ids are unique only within a type. Here one counter serves all types, with gaps as at HubSpot.
    return String(this.database.next(`record:${portalId}`, 48_100_000_001) * 3 + 7);
  }

  get(portalId: number, typeId: string, id: string): StoredRecord | undefined {
    const row = this.database.get(
      'SELECT * FROM records WHERE portal_id = ? AND type_id = ? AND id = ?',
      portalId,
      typeId,
      id,
    );
    return row === undefined ? undefined : toRecord(row);
  }

  save(record: StoredRecord): void {
    this.database.run(
      `INSERT INTO records (portal_id, type_id, id, properties, archived, merged_into, created_at, updated_at,
         archived_at, changed_at, indexed_properties)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (portal_id, type_id, id) DO UPDATE SET properties = excluded.properties, archived = excluded.archived,
         merged_into = excluded.merged_into, updated_at = excluded.updated_at, archived_at = excluded.archived_at,
         changed_at = excluded.changed_at, indexed_properties = excluded.indexed_properties`,
      record.portalId,
      record.typeId,
      record.id,
      JSON.stringify(record.properties),
      record.archived ? 1 : 0,
      record.mergedInto,
      record.createdAt,
      record.updatedAt,
      record.archivedAt,
      record.changedAt,
      record.indexed === null ? null : JSON.stringify(record.indexed),
    );
  }

  delete(portalId: number, typeId: string, id: string): void {
    this.clearIdentities(portalId, typeId, id);
    this.database.run('DELETE FROM records WHERE portal_id = ? AND type_id = ? AND id = ?', portalId, typeId, id);
    this.database.run(
      'DELETE FROM property_history WHERE portal_id = ? AND type_id = ? AND id = ?',
      portalId,
      typeId,
      id,
    );
  }

  /** Returns a record's own id and the ids of all records that were merged into it, directly or indirectly. */
  lineage(portalId: number, typeId: string, id: string): string[] {
    return this.database
      .all(
        `WITH RECURSIVE line (id) AS (
           SELECT ? UNION
           SELECT r.id FROM records r JOIN line ON r.merged_into = line.id WHERE r.portal_id = ? AND r.type_id = ?)
         SELECT id FROM line`,
        id,
        portalId,
        typeId,
      )
      .map((row) => textIn(row, 'id'));
  }

  /** Returns records in order of their ids, without merged ones. */
  page(portalId: number, typeId: string, page: { archived: boolean; after: number; limit: number }): StoredRecord[] {
    return this.database
      .all(
        `SELECT * FROM records WHERE portal_id = ? AND type_id = ? AND archived = ? AND merged_into IS NULL
         AND CAST(id AS INTEGER) > ? ORDER BY CAST(id AS INTEGER) LIMIT ?`,
        portalId,
        typeId,
        page.archived ? 1 : 0,
        page.after,
        page.limit,
      )
      .map(toRecord);
  }

  /** Returns every record that search may have in its index, including archived ones. */
  all(portalId: number, typeId: string): StoredRecord[] {
    return this.database
      .all('SELECT * FROM records WHERE portal_id = ? AND type_id = ? AND merged_into IS NULL', portalId, typeId)
      .map(toRecord);
  }

  count(portalId: number, typeId: string): number {
    const row = this.database.get(
      `SELECT COUNT(*) AS number FROM records
       WHERE portal_id = ? AND type_id = ? AND archived = 0 AND merged_into IS NULL`,
      portalId,
      typeId,
    );
    return integerIn(row, 'number');
  }

  /**
   * Returns the record with a unique value, such as a contact by its primary or (another property) secondary address.
   */
  byIdentity(portalId: number, typeId: string, property: string, value: string): string | undefined {
    const row = this.database.get(
      'SELECT id FROM identities WHERE portal_id = ? AND type_id = ? AND property = ? AND value = ?',
      portalId,
      typeId,
      property,
      value.toLowerCase(),
    );
    return row === undefined ? undefined : textIn(row, 'id');
  }

  clearIdentities(portalId: number, typeId: string, id: string): void {
    this.database.run('DELETE FROM identities WHERE portal_id = ? AND type_id = ? AND id = ?', portalId, typeId, id);
  }

  addIdentity(record: StoredRecord, property: string, value: string): void {
    this.database.run(
      'INSERT OR REPLACE INTO identities (portal_id, type_id, property, value, id) VALUES (?, ?, ?, ?, ?)',
      record.portalId,
      record.typeId,
      property,
      value.toLowerCase(),
      record.id,
    );
  }

  addHistory(record: StoredRecord, name: string, value: string, source: string): void {
    this.database.run(
      'INSERT INTO property_history (portal_id, type_id, id, name, value, at, source) VALUES (?, ?, ?, ?, ?, ?, ?)',
      record.portalId,
      record.typeId,
      record.id,
      name,
      value,
      record.updatedAt,
      source,
    );
  }

  /** Returns a property's history, newest first. */
  history(record: StoredRecord, name: string): HistoryEntry[] {
    return this.database
      .all(
        `SELECT value, at, source FROM property_history
         WHERE portal_id = ? AND type_id = ? AND id = ? AND name = ? ORDER BY rowid DESC`,
        record.portalId,
        record.typeId,
        record.id,
        name,
      )
      .map((row) => ({ value: textIn(row, 'value'), at: integerIn(row, 'at'), source: textIn(row, 'source') }));
  }
}

function toRecord(row: Row): StoredRecord {
  const indexed = optionalTextIn(row, 'indexed_properties');
  return {
    portalId: integerIn(row, 'portal_id'),
    typeId: textIn(row, 'type_id'),
    id: textIn(row, 'id'),
    properties: valuesFrom(textIn(row, 'properties')),
    archived: integerIn(row, 'archived') === 1,
    mergedInto: optionalTextIn(row, 'merged_into'),
    createdAt: integerIn(row, 'created_at'),
    updatedAt: integerIn(row, 'updated_at'),
    archivedAt: optionalIntegerIn(row, 'archived_at'),
    changedAt: integerIn(row, 'changed_at'),
    indexed: indexed === null ? null : valuesFrom(indexed),
  };
}

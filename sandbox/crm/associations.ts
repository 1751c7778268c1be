import type { SandboxDatabase, Row } from '../store/database';
import { integerIn, textIn } from '../store/database';
import type { AssociationCategory, SandboxAssociationType } from './association-types';

export interface End {
  typeId: string;
  id: string;
}

export interface StoredAssociation {
  from: End;
  to: End;
  category: AssociationCategory;
  typeId: number;
}

/** One associated record with every type of the association. */
export interface AssociatedEnd {
  id: string;
  types: { category: AssociationCategory; typeId: number }[];
}

/** Associations, stored in both directions as HubSpot shows them. */
export class AssociationStore {
  constructor(private readonly database: SandboxDatabase) {}

  add(portalId: number, from: End, to: End, type: SandboxAssociationType): boolean {
    const added = this.insert(portalId, from, to, type.category, type.typeId);
    this.insert(portalId, to, from, type.category, type.inverseTypeId);
    return added;
  }

  remove(portalId: number, from: End, to: End, type: SandboxAssociationType): boolean {
    const removed = this.delete(portalId, from, to, type.category, type.typeId);
    this.delete(portalId, to, from, type.category, type.inverseTypeId);
    return removed;
  }

  /** Returns the types between two records. */
  between(portalId: number, from: End, to: End): StoredAssociation[] {
    return this.database
      .all(
        `SELECT * FROM associations
         WHERE portal_id = ? AND from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?`,
        portalId,
        from.typeId,
        from.id,
        to.typeId,
        to.id,
      )
      .map(toAssociation);
  }

  /** Returns a record's associations in order of their ids, with live records only unless `stale`. */
  of(portalId: number, from: End, toType: string, stale: boolean): AssociatedEnd[] {
    const rows = this.database.all(
      `SELECT a.* FROM associations a
       JOIN records r ON r.portal_id = a.portal_id AND r.type_id = a.to_type AND r.id = a.to_id
       WHERE a.portal_id = ? AND a.from_type = ? AND a.from_id = ? AND a.to_type = ? AND (r.archived = 0 OR ? = 1)
       ORDER BY CAST(a.to_id AS INTEGER), a.association_type_id`,
      portalId,
      from.typeId,
      from.id,
      toType,
      stale ? 1 : 0,
    );
    const found = new Map<string, AssociatedEnd>();
    for (const row of rows.map(toAssociation)) {
      const entry = found.get(row.to.id) ?? { id: row.to.id, types: [] };
      entry.types.push({ category: row.category, typeId: row.typeId });
      found.set(row.to.id, entry);
    }
    return [...found.values()];
  }

  allOf(portalId: number, from: End): StoredAssociation[] {
    return this.database
      .all(
        'SELECT * FROM associations WHERE portal_id = ? AND from_type = ? AND from_id = ?',
        portalId,
        from.typeId,
        from.id,
      )
      .map(toAssociation);
  }

  /** Moves every association of one record to another, as a merge does. */
  move(portalId: number, from: End, to: End): void {
    this.database.run(
      `UPDATE OR REPLACE associations SET from_id = ? WHERE portal_id = ? AND from_type = ? AND from_id = ?`,
      to.id,
      portalId,
      from.typeId,
      from.id,
    );
    this.database.run(
      `UPDATE OR REPLACE associations SET to_id = ? WHERE portal_id = ? AND to_type = ? AND to_id = ?`,
      to.id,
      portalId,
      from.typeId,
      from.id,
    );
    // The merge made one record of two that were associated with each other.
    this.database.run(
      `DELETE FROM associations WHERE portal_id = ? AND from_type = ? AND to_type = from_type AND from_id = ? AND to_id = ?`,
      portalId,
      to.typeId,
      to.id,
      to.id,
    );
  }

  removeAll(portalId: number, end: End): void {
    this.database.run(
      `DELETE FROM associations WHERE portal_id = ?
       AND ((from_type = ? AND from_id = ?) OR (to_type = ? AND to_id = ?))`,
      portalId,
      end.typeId,
      end.id,
      end.typeId,
      end.id,
    );
  }

  private insert(portalId: number, from: End, to: End, category: string, typeId: number): boolean {
    const changes = this.database.run(
      `INSERT OR IGNORE INTO associations
       (portal_id, from_type, from_id, to_type, to_id, category, association_type_id) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      portalId,
      from.typeId,
      from.id,
      to.typeId,
      to.id,
      category,
      typeId,
    );
    return changes > 0;
  }

  private delete(portalId: number, from: End, to: End, category: string, typeId: number): boolean {
    const changes = this.database.run(
      `DELETE FROM associations WHERE portal_id = ? AND from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?
       AND category = ? AND association_type_id = ?`,
      portalId,
      from.typeId,
      from.id,
      to.typeId,
      to.id,
      category,
      typeId,
    );
    return changes > 0;
  }
}

function toAssociation(row: Row): StoredAssociation {
  return {
    from: { typeId: textIn(row, 'from_type'), id: textIn(row, 'from_id') },
    to: { typeId: textIn(row, 'to_type'), id: textIn(row, 'to_id') },
    category: categoryOf(textIn(row, 'category')),
    typeId: integerIn(row, 'association_type_id'),
  };
}

function categoryOf(value: string): AssociationCategory {
  switch (value) {
    case 'HUBSPOT_DEFINED':
    case 'USER_DEFINED':
    case 'INTEGRATOR_DEFINED':
    case 'WORK':
      return value;
    default:
      throw new TypeError(`Not an association category: ${value}`);
  }
}

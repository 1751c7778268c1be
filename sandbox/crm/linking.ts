import { validationError } from '../errors';
import type { ApiError } from '../errors';
import type { SandboxSettings } from '../settings';
import type { AssociationStore, End } from './associations';
import type { SandboxAssociationType, AssociationTypes } from './association-types';
import type { SandboxCatalogue } from './catalogue';
import type { ChangeSource, CrmEvents } from './events';
import { upperName } from './object-types';
import type { SandboxObjectType } from './object-types';
import type { RecordStore, StoredRecord } from './records';

export interface TypeSpec {
  associationCategory: string;
  associationTypeId: number;
}

/** An association in the body of a create. */
export interface InlineAssociation {
  to: { id: string };
  types: TypeSpec[];
}

export interface LinkerParts {
  associations: AssociationStore;
  associationTypes: AssociationTypes;
  records: RecordStore;
  catalogue: SandboxCatalogue;
  settings: SandboxSettings;
  events: CrmEvents;
}

/** The rules for associating two records. */
export class Linker {
  constructor(private readonly parts: LinkerParts) {}

  /** Returns the type of a spec, in the direction away from an object type. The wrong direction is refused. */
  typeFrom(portalId: number, from: SandboxObjectType, spec: TypeSpec): SandboxAssociationType {
    for (const target of this.parts.catalogue.types(portalId)) {
      const found = this.typeBetween(portalId, from, target, spec);
      if (found !== undefined) return found;
    }
    throw unknownType(spec, from);
  }

  typeBetween(
    portalId: number,
    from: SandboxObjectType,
    to: SandboxObjectType,
    spec: TypeSpec,
  ): SandboxAssociationType | undefined {
    return this.parts.associationTypes.find(
      portalId,
      from.typeId,
      to.typeId,
      spec.associationCategory,
      spec.associationTypeId,
    );
  }

  unlabelled(portalId: number, from: SandboxObjectType, to: SandboxObjectType): SandboxAssociationType {
    const found = this.parts.associationTypes.unlabelled(portalId, from.typeId, to.typeId);
    if (found === undefined) {
      throw validationError(
        `${from.typeId} and ${to.typeId} cannot be associated: no association is defined between them`,
      );
    }
    return found;
  }

  /**
   * Refuses ends that are not ids, are the same record, or are not live. Refusing a merged record as well is the
   * stricter reading: only single reads and writes are documented to follow a merge.
   */
  checkEnds(portalId: number, from: End, to: End): void {
    for (const end of [from, to]) {
      if (!/^\d+$/u.test(end.id)) {
        throw validationError(`${end.id} is not a valid ID`, {
          subCategory: 'crm.associations.INVALID_IDENTIFIER',
          context: { id: [end.id] },
        });
      }
      const record = this.parts.records.get(portalId, end.typeId, end.id);
      if (record === undefined || record.archived || record.mergedInto !== null) {
        const type = this.parts.catalogue.type(portalId, end.typeId);
        const name = type === undefined ? end.typeId : upperName(type);
        throw validationError('One or more associations are invalid', {
          context: { INVALID_OBJECT_IDS: [`${name}=${end.id} is not valid`], objectId: [end.id] },
        });
      }
    }
    if (from.typeId === to.typeId && from.id === to.id) {
      throw validationError(`Object ${from.id} cannot be associated to itself (${to.id})`);
    }
  }

  /** Refuses associations over an admin's limit of either side (settings.associationLimits). */
  checkLimits(portalId: number, from: End, to: End): void {
    for (const [left, right] of [
      [from, to],
      [to, from],
    ] as const) {
      const leftType = this.parts.catalogue.type(portalId, left.typeId);
      const rightType = this.parts.catalogue.type(portalId, right.typeId);
      if (leftType === undefined || rightType === undefined) continue;
      const limit = this.parts.settings.associationLimits[`${leftType.plural}>${rightType.plural}`];
      if (limit === undefined) continue;
      const others = this.parts.associations
        .of(portalId, left, right.typeId, false)
        .filter((each) => each.id !== right.id);
      if (others.length >= limit) {
        // HubSpot's wording for this refusal is not known. The shape is that of its other association errors.
        throw validationError(
          `The number of associations from ${upperName(leftType)} ${left.id} to ${upperName(rightType)} is limited to ${limit}`,
          {
            subCategory: 'crm.associations.ASSOCIATION_LIMIT_EXCEEDED',
            context: {
              fromObjectId: [left.id],
              fromObjectType: [leftType.singular],
              toObjectType: [rightType.singular],
              toObjectId: [right.id],
              limit: [String(limit)],
            },
          },
        );
      }
    }
  }

  /**
   * Associates two checked records with the given types and with the unlabelled one, which every label adds. `replace`
   * removes the other labels, as PUT and batch create do.
   */
  associate(
    portalId: number,
    from: End,
    to: End,
    types: SandboxAssociationType[],
    how: { replace: boolean; source: ChangeSource },
  ): void {
    const unlabelled = this.parts.associationTypes.unlabelled(portalId, from.typeId, to.typeId);
    const named = unlabelled === undefined ? types : [unlabelled, ...types];
    const primary = this.firstCompany(portalId, from, to);
    const wanted = primary === undefined ? named : [...named, primary];
    if (how.replace) {
      for (const present of this.parts.associations.between(portalId, from, to)) {
        const keep = wanted.some((type) => type.category === present.category && type.typeId === present.typeId);
        const type = this.parts.associationTypes.find(
          portalId,
          from.typeId,
          to.typeId,
          present.category,
          present.typeId,
        );
        if (!keep && type !== undefined) this.drop(portalId, from, to, type, how.source);
      }
    }
    for (const type of wanted) {
      if (type.label === 'Primary') this.removeOtherPrimary(portalId, from, to, type, how.source);
      if (this.parts.associations.add(portalId, from, to, type)) {
        this.emit('associated', portalId, from, to, type, how.source);
      }
    }
  }

  /** Associates a new record as the body of its create asks. */
  associateInline(
    record: StoredRecord,
    type: SandboxObjectType,
    wanted: InlineAssociation,
    source: ChangeSource,
  ): void {
    if (wanted.types.length === 0) {
      throw validationError('One or more associations are invalid', { context: { types: ['must not be empty'] } });
    }
    for (const spec of wanted.types) {
      const association = this.typeFrom(record.portalId, type, spec);
      const to: End = { typeId: association.toType, id: wanted.to.id };
      this.checkEnds(record.portalId, record, to);
      this.checkLimits(record.portalId, record, to);
      this.associate(record.portalId, record, to, [association], { replace: false, source });
    }
  }

  /** Removes one type. Removing the unlabelled type also removes all labels. */
  disassociate(portalId: number, from: End, to: End, type: SandboxAssociationType, source: ChangeSource): void {
    if (type.label === null) this.disassociateAll(portalId, from, to, source);
    else this.drop(portalId, from, to, type, source);
  }

  disassociateAll(portalId: number, from: End, to: End, source: ChangeSource): void {
    for (const present of this.parts.associations.between(portalId, from, to)) {
      const type = this.parts.associationTypes.find(portalId, from.typeId, to.typeId, present.category, present.typeId);
      if (type !== undefined) this.drop(portalId, from, to, type, source);
    }
  }

  /** Returns the primary type when a contact gets its first company: HubSpot makes that one primary automatically. */
  private firstCompany(portalId: number, from: End, to: End): SandboxAssociationType | undefined {
    const ends = [from, to].toSorted((left, right) => (left.typeId < right.typeId ? -1 : 1));
    const [contact, company] = ends;
    if (contact?.typeId !== '0-1' || company?.typeId !== '0-2') return undefined;
    if (this.parts.associations.of(portalId, contact, '0-2', false).length > 0) return undefined;
    return this.parts.associationTypes
      .between(portalId, from.typeId, to.typeId)
      .find((type) => type.label === 'Primary' && type.category === 'HUBSPOT_DEFINED');
  }

  /** Removes the previous primary company: a contact, deal or ticket has only one. */
  private removeOtherPrimary(
    portalId: number,
    from: End,
    to: End,
    type: SandboxAssociationType,
    source: ChangeSource,
  ): void {
    const [owner, company, id] =
      from.typeId === '0-2' ? ([to, from, type.inverseTypeId] as const) : ([from, to, type.typeId] as const);
    const primary = this.parts.associationTypes.find(portalId, owner.typeId, company.typeId, type.category, id);
    if (primary === undefined) return;
    for (const other of this.parts.associations.of(portalId, owner, company.typeId, true)) {
      const isPrimary = other.types.some(
        (each) => each.category === primary.category && each.typeId === primary.typeId,
      );
      if (other.id !== company.id && isPrimary) {
        this.drop(portalId, owner, { typeId: company.typeId, id: other.id }, primary, source);
      }
    }
  }

  private drop(portalId: number, from: End, to: End, type: SandboxAssociationType, source: ChangeSource): void {
    if (this.parts.associations.remove(portalId, from, to, type)) {
      this.emit('disassociated', portalId, from, to, type, source);
    }
  }

  private emit(
    kind: 'associated' | 'disassociated',
    portalId: number,
    from: End,
    to: End,
    type: SandboxAssociationType,
    source: ChangeSource,
  ): void {
    this.parts.events.emit({
      kind,
      portalId,
      occurredAt: Date.now(),
      source,
      fromTypeId: from.typeId,
      fromId: from.id,
      toTypeId: to.typeId,
      toId: to.id,
      category: type.category,
      associationTypeId: type.typeId,
    });
  }
}

/** The 400 for an association type that does not exist between two object types. */
export function unknownType(spec: TypeSpec, from: SandboxObjectType, to?: SandboxObjectType): ApiError {
  const named = `${spec.associationCategory}=${spec.associationTypeId}`;
  const pair = to === undefined ? `from ${from.typeId}` : `between ${from.typeId} and ${to.typeId}`;
  return validationError('One or more associations are invalid', {
    context: {
      associationSpec: [named],
      INVALID_ASSOCIATION_TYPE_ID: [`${named} is not a valid association type ${pair}`],
    },
  });
}

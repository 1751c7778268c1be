import type { SandboxCrm, Writer } from '../crm/crm';
import type { InlineAssociation } from '../crm/linking';
import type { SandboxPortal } from '../crm/catalogue';
import { typeAmong } from '../crm/association-types';
import type { SandboxAssociationType } from '../crm/association-types';
import { unknownType } from '../crm/linking';
import type { TypeSpec } from '../crm/linking';
import type { SandboxObjectType } from '../crm/object-types';
import type { StoredRecord, Values } from '../crm/records';
import { ApiError } from '../errors';

/** A record as the control API shows it. */
export interface ControlRecord {
  objectTypeId: string;
  id: string;
  properties: Values;
  archived: boolean;
  mergedInto: string | null;
  createdAt: number;
  updatedAt: number;
}

export interface ControlAssociation {
  objectTypeId: string;
  id: string;
  archived: boolean;
  types: { category: string; typeId: number; label: string | null }[];
}

export interface TimelineEntry extends ControlRecord {
  objectType: string;
  /** `hs_timestamp` in milliseconds. */
  at: number;
  associations: { objectType: string; id: string }[];
}

interface Where {
  portalId?: number | undefined;
}

const ACTIVITY_TYPES = ['0-47', '0-46', '0-48', '0-27', '0-49'];

/**
 * Changes the CRM as a person on HubSpot's pages would: without tokens, limits and injected faults, and search sees it
 * at once. `portalId` defaults to the first portal.
 */
export class CrmControl {
  private readonly writer: Writer = { source: 'CRM_UI', searchable: true };

  constructor(private readonly crm: SandboxCrm) {}

  create(
    objectType: string,
    properties: Record<string, string>,
    options: Where & { associations?: InlineAssociation[]; searchable?: boolean } = {},
  ): ControlRecord {
    const { portal, type } = this.place(objectType, options);
    const writer = { ...this.writer, searchable: options.searchable ?? true };
    return shown(this.crm.create(portal, type, { properties, associations: options.associations ?? [] }, writer));
  }

  update(
    objectType: string,
    id: string,
    properties: Record<string, string>,
    options: Where & { searchable?: boolean } = {},
  ): ControlRecord {
    const { portal, type } = this.place(objectType, options);
    const writer = { ...this.writer, searchable: options.searchable ?? true };
    return shown(this.crm.update(portal, type, this.record(portal, type, id), properties, writer).record);
  }

  /** Returns a record in any state; undefined when it never existed. Merges are not followed. */
  get(objectType: string, id: string, options: Where = {}): ControlRecord | undefined {
    const { portal, type } = this.place(objectType, options);
    const record = this.crm.records.get(portal.id, type.typeId, id);
    return record === undefined ? undefined : shown(record);
  }

  /** Returns live records of a type, oldest first. */
  list(objectType: string, options: Where & { archived?: boolean } = {}): ControlRecord[] {
    const { portal, type } = this.place(objectType, options);
    const archived = options.archived ?? false;
    return this.crm.records.page(portal.id, type.typeId, { archived, after: 0, limit: 1_000_000 }).map(shown);
  }

  archive(objectType: string, id: string, options: Where = {}): void {
    const { portal, type } = this.place(objectType, options);
    this.crm.archive(portal, type, this.record(portal, type, id), this.writer);
  }

  /** Permanently erases a contact, as "Delete contact permanently" does. Only contacts have that. */
  privacyDelete(objectType: string, id: string, options: Where = {}): void {
    const { portal, type } = this.place(objectType, options);
    if (type.typeId !== '0-1') throw new ApiError(400, `Only contacts can be deleted for privacy, not ${type.plural}`);
    this.crm.erase(portal, this.record(portal, type, id), this.writer);
  }

  restore(objectType: string, id: string, options: Where = {}): ControlRecord {
    const { portal, type } = this.place(objectType, options);
    return shown(this.crm.restore(portal, type, this.record(portal, type, id), this.writer));
  }

  /** Merges two records and returns the resulting one, which usually has a new id. */
  merge(objectType: string, primaryId: string, otherId: string, options: Where = {}): ControlRecord {
    const { portal, type } = this.place(objectType, options);
    const [primary, other] = [this.record(portal, type, primaryId), this.record(portal, type, otherId)];
    return shown(this.crm.merge(portal, type, primary, other, this.writer));
  }

  /** Associates two records (`@default` the unlabelled type). */
  associate(
    fromType: string,
    fromId: string,
    toType: string,
    toId: string,
    options: Where & { types?: TypeSpec[] } = {},
  ): void {
    const { portal, type: from } = this.place(fromType, options);
    const { type: to } = this.place(toType, options);
    const types = options.types?.map((spec) => this.known(portal, from, to, spec)) ?? [
      this.crm.linker.unlabelled(portal.id, from, to),
    ];
    const ends = [
      { typeId: from.typeId, id: fromId },
      { typeId: to.typeId, id: toId },
    ] as const;
    this.crm.linker.checkEnds(portal.id, ...ends);
    this.crm.linker.associate(portal.id, ...ends, types, { replace: false, source: 'CRM_UI' });
  }

  disassociate(fromType: string, fromId: string, toType: string, toId: string, options: Where = {}): void {
    const { portal, type: from } = this.place(fromType, options);
    const { type: to } = this.place(toType, options);
    this.crm.linker.disassociateAll(
      portal.id,
      { typeId: from.typeId, id: fromId },
      { typeId: to.typeId, id: toId },
      'CRM_UI',
    );
  }

  associations(objectType: string, id: string, toType: string, options: Where = {}): ControlAssociation[] {
    const { portal, type } = this.place(objectType, options);
    const { type: target } = this.place(toType, options);
    const types = this.crm.associationTypes.between(portal.id, type.typeId, target.typeId);
    return this.crm.associations.of(portal.id, { typeId: type.typeId, id }, target.typeId, true).map((each) => ({
      objectTypeId: target.typeId,
      id: each.id,
      archived: this.crm.records.get(portal.id, target.typeId, each.id)?.archived ?? true,
      types: each.types.map((present) => ({
        ...present,
        label: typeAmong(types, present)?.label ?? null,
      })),
    }));
  }

  /** Returns live activities of a record, newest first by `hs_timestamp`. */
  timeline(objectType: string, id: string, options: Where = {}): TimelineEntry[] {
    const { portal, type } = this.place(objectType, options);
    const end = { typeId: type.typeId, id };
    return ACTIVITY_TYPES.flatMap((activityType) =>
      this.crm.associations.of(portal.id, end, activityType, false).flatMap((each) => {
        const record = this.crm.records.get(portal.id, activityType, each.id);
        return record === undefined ? [] : [this.timelineEntry(portal, record)];
      }),
    ).toSorted((left, right) => right.at - left.at || Number(right.id) - Number(left.id));
  }

  private timelineEntry(portal: SandboxPortal, record: StoredRecord): TimelineEntry {
    const types = new Map(this.crm.catalogue.types(portal.id).map((type) => [type.typeId, type]));
    const associations = new Map(
      this.crm.associations
        .allOf(portal.id, record)
        .map(({ to }) => [
          `${to.typeId}/${to.id}`,
          { objectType: types.get(to.typeId)?.plural ?? to.typeId, id: to.id },
        ]),
    );
    return {
      ...shown(record),
      objectType: types.get(record.typeId)?.plural ?? record.typeId,
      at: Date.parse(record.properties['hs_timestamp'] ?? ''),
      associations: [...associations.values()],
    };
  }

  private known(
    portal: SandboxPortal,
    from: SandboxObjectType,
    to: SandboxObjectType,
    spec: TypeSpec,
  ): SandboxAssociationType {
    const found = this.crm.linker.typeBetween(portal.id, from, to, spec);
    if (found === undefined) throw unknownType(spec, from, to);
    return found;
  }

  private place(objectType: string, where: Where): { portal: SandboxPortal; type: SandboxObjectType } {
    const portal =
      where.portalId === undefined ? this.crm.catalogue.portals()[0] : this.crm.catalogue.portal(where.portalId);
    if (portal === undefined)
      throw new ApiError(404, `There is no portal ${where.portalId ?? 'at all'}: create it first`);
    const type = this.crm.catalogue.type(portal.id, objectType);
    if (type === undefined) throw new ApiError(400, `Unable to infer object type from: ${objectType}`);
    return { portal, type };
  }

  private record(portal: SandboxPortal, type: SandboxObjectType, id: string): StoredRecord {
    const record = this.crm.records.get(portal.id, type.typeId, id);
    if (record === undefined) throw new ApiError(404, `There is no ${type.singular} ${id} in portal ${portal.id}`);
    return record;
  }
}

/** A record as the control API and the pages show it. */
export function shown(record: StoredRecord): ControlRecord {
  return {
    objectTypeId: record.typeId,
    id: record.id,
    properties: record.properties,
    archived: record.archived,
    mergedInto: record.mergedInto,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
  };
}

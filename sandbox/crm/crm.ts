import { validationError } from '../errors';
import type { SandboxSettings } from '../settings';
import type { SandboxDatabase } from '../store/database';
import { AssociationStore } from './associations';
import { AssociationTypes } from './association-types';
import { SandboxCatalogue } from './catalogue';
import type { SandboxPortal } from './catalogue';
import { derivedOnCreate, derivedOnWrite } from './derived-properties';
import type { DerivationContext } from './derived-properties';
import { CrmEvents } from './events';
import type { ChangeSource } from './events';
import { Linker } from './linking';
import type { InlineAssociation } from './linking';
import type { SandboxObjectType } from './object-types';
import { PropertyRegistry } from './properties';
import { instantText } from './property-values';
import { RecordLookup } from './record-lookup';
import { RecordRules, mergedValues } from './record-rules';
import { RecordStore } from './records';
import type { StoredRecord, Values } from './records';

/** The author of a write, and whether search sees it at once (the control API and the seed) or after the lag. */
export interface Writer {
  source: ChangeSource;
  searchable: boolean;
}

/** The author of the control API's changes, in HubSpot's notation. */
export const A_PERSON = 'userId:71000101';

/** A person on HubSpot's pages created every record that the app did not create. */
const BY_A_PERSON: Values = {
  hs_object_source: 'CRM_UI',
  hs_object_source_id: A_PERSON,
  hs_object_source_label: 'CRM_UI',
};

const APP: Writer = { source: 'INTEGRATION', searchable: false };

export interface Updated {
  record: StoredRecord;
  /** Names of the changed properties, including derived ones. */
  touched: string[];
}

/** The records of all portals, with HubSpot's rules for writing them. */
export class SandboxCrm {
  readonly catalogue: SandboxCatalogue;
  readonly properties: PropertyRegistry;
  readonly records: RecordStore;
  readonly associations: AssociationStore;
  readonly associationTypes: AssociationTypes;
  readonly events: CrmEvents;
  readonly linker: Linker;
  readonly lookup: RecordLookup;
  private readonly rules: RecordRules;

  constructor(
    readonly database: SandboxDatabase,
    readonly settings: SandboxSettings,
  ) {
    this.catalogue = new SandboxCatalogue(database);
    this.properties = new PropertyRegistry(database);
    this.records = new RecordStore(database);
    this.associations = new AssociationStore(database);
    this.associationTypes = new AssociationTypes(database);
    this.events = new CrmEvents((work) => database.afterCommit(work));
    this.linker = new Linker(this);
    this.lookup = new RecordLookup(this);
    this.rules = new RecordRules(this);
  }

  /** Creates a record with its associations, all or nothing. */
  create(
    portal: SandboxPortal,
    type: SandboxObjectType,
    input: { properties: Values; associations?: InlineAssociation[] },
    writer: Writer = APP,
  ): StoredRecord {
    return this.database.transaction(() => {
      const values = this.rules.checked(portal, type, input.properties, {});
      this.rules.requireProperties(portal, type, values);
      this.rules.checkUnique(portal, type, values, null);
      const associations = input.associations ?? [];
      if (associations.length > this.settings.inlineAssociations) {
        throw validationError(
          `A create carries at most ${this.settings.inlineAssociations} associations, this one has ${associations.length}`,
        );
      }
      const id = this.records.nextId(portal.id);
      const now = Date.now();
      const properties = {
        ...derivedOnCreate(values, this.derivation(portal, type, id, now)),
        ...(writer.source === 'INTEGRATION' ? {} : BY_A_PERSON),
      };
      const record: StoredRecord = {
        portalId: portal.id,
        typeId: type.typeId,
        id,
        properties,
        archived: false,
        mergedInto: null,
        createdAt: now,
        updatedAt: now,
        archivedAt: null,
        changedAt: writer.searchable ? 0 : now,
        indexed: null,
      };
      this.records.save(record);
      this.rules.keepIdentities(portal, type, record);
      for (const [name, value] of Object.entries(values)) this.records.addHistory(record, name, value, writer.source);
      this.events.emit({
        kind: 'created',
        portalId: portal.id,
        occurredAt: now,
        source: writer.source,
        typeId: type.typeId,
        id,
        values: properties,
      });
      for (const association of associations) this.linker.associateInline(record, type, association, writer.source);
      return record;
    });
  }

  /** Changes properties of a live record. */
  update(
    portal: SandboxPortal,
    type: SandboxObjectType,
    record: StoredRecord,
    input: Values,
    writer: Writer = APP,
  ): Updated {
    if (Object.keys(input).length === 0) {
      throw validationError('No properties found to update, please provide at least one.', {
        context: { properties: ['{}'] },
      });
    }
    return this.database.transaction(() => {
      const values = this.rules.checked(portal, type, input, record.properties);
      this.rules.checkUnique(portal, type, values, record.id);
      const now = Date.now();
      const merged = { ...record.properties, ...values };
      const derived = derivedOnWrite(values, merged, this.derivation(portal, type, record.id, now));
      const changed = this.touch(record, { ...merged, ...derived, [type.modified]: instantText(now) }, now, writer);
      this.records.save(changed);
      this.rules.keepIdentities(portal, type, changed);
      // Derived values are changes like any other: closing a deal by its stage reports both properties.
      for (const [name, value] of Object.entries({ ...values, ...derived, ...values })) {
        if ((record.properties[name] ?? '') === value) continue;
        if (name in values) this.records.addHistory(changed, name, value, writer.source);
        this.events.emit({
          kind: 'changed',
          portalId: portal.id,
          occurredAt: now,
          source: writer.source,
          typeId: type.typeId,
          id: record.id,
          property: name,
          value,
        });
      }
      return { record: changed, touched: [...Object.keys(values), ...Object.keys(derived)] };
    });
  }

  archive(portal: SandboxPortal, type: SandboxObjectType, record: StoredRecord, writer: Writer = APP): void {
    const now = Date.now();
    this.records.save({ ...this.touch(record, record.properties, now, writer), archived: true, archivedAt: now });
    this.records.clearIdentities(portal.id, type.typeId, record.id);
    this.emitSimple('archived', record, writer, now);
  }

  restore(portal: SandboxPortal, type: SandboxObjectType, record: StoredRecord, writer: Writer = APP): StoredRecord {
    const now = Date.now();
    const restored = { ...this.touch(record, record.properties, now, writer), archived: false, archivedAt: null };
    this.records.save(restored);
    this.rules.keepIdentities(portal, type, restored);
    this.emitSimple('restored', record, writer, now);
    return restored;
  }

  /**
   * Merges two live records. HubSpot usually assigns a new id to the result, and single reads still work with both old
   * ids. `settings.mergeKeepsPrimaryId` imitates its beta that keeps the primary's.
   */
  merge(
    portal: SandboxPortal,
    type: SandboxObjectType,
    primary: StoredRecord,
    other: StoredRecord,
    writer: Writer = APP,
  ): StoredRecord {
    return this.database.transaction(() => {
      const now = Date.now();
      const id = this.settings.mergeKeepsPrimaryId ? primary.id : this.records.nextId(portal.id);
      const { values, moved } = mergedValues(primary, other, id);
      const properties = { ...values, [type.modified]: instantText(now) };
      const merged: StoredRecord = {
        ...this.touch(primary, properties, now, writer),
        id,
        indexed: id === primary.id ? this.touch(primary, properties, now, writer).indexed : null,
      };
      for (const old of [primary, other]) {
        if (old.id === id) continue;
        this.records.clearIdentities(portal.id, type.typeId, old.id);
        this.records.save({ ...old, mergedInto: id });
        this.associations.move(portal.id, old, { typeId: type.typeId, id });
      }
      this.records.save(merged);
      this.rules.keepIdentities(portal, type, merged);
      this.events.emit({
        kind: 'merged',
        portalId: portal.id,
        occurredAt: now,
        source: writer.source,
        typeId: type.typeId,
        primaryId: primary.id,
        mergedIds: [other.id],
        newId: id,
        movedProperties: moved,
      });
      return merged;
    });
  }

  /** Permanently erases a record with its history, its associations and every record that was merged into it. */
  erase(portal: SandboxPortal, record: StoredRecord, writer: Writer = APP): void {
    this.database.transaction(() => {
      for (const id of this.records.lineage(portal.id, record.typeId, record.id)) {
        this.associations.removeAll(portal.id, { typeId: record.typeId, id });
        this.records.delete(portal.id, record.typeId, id);
      }
      this.emitSimple(record.typeId === '0-1' ? 'privacyDeleted' : 'archived', record, writer, Date.now());
    });
  }

  private touch(record: StoredRecord, properties: Values, now: number, writer: Writer): StoredRecord {
    const caughtUp = now - record.changedAt >= this.settings.searchLagMs;
    return {
      ...record,
      properties,
      updatedAt: now,
      changedAt: writer.searchable ? 0 : now,
      indexed: caughtUp ? record.properties : record.indexed,
    };
  }

  private derivation(portal: SandboxPortal, type: SandboxObjectType, id: string, now: number): DerivationContext {
    return {
      portal,
      type,
      id,
      now,
      owner: (ownerId) => this.catalogue.owner(portal.id, ownerId),
      pipelines: this.catalogue.pipelines(portal.id, type.typeId),
    };
  }

  private emitSimple(
    kind: 'archived' | 'restored' | 'privacyDeleted',
    record: StoredRecord,
    writer: Writer,
    now: number,
  ): void {
    this.events.emit({
      kind,
      portalId: record.portalId,
      occurredAt: now,
      source: writer.source,
      typeId: record.typeId,
      id: record.id,
    });
  }
}

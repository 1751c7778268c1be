import { ApiError, validationError } from '../errors';
import type { SandboxSettings } from '../settings';
import type { SandboxCatalogue, SandboxPortal } from './catalogue';
import { upperName } from './object-types';
import type { SandboxObjectType } from './object-types';
import type { PropertyRegistry } from './properties';
import { checkValues, valuesRefused } from './property-values';
import type { RecordStore, StoredRecord, Values } from './records';

/** The rules that a record's values must satisfy before they are written. */
export class RecordRules {
  constructor(
    private readonly parts: {
      catalogue: SandboxCatalogue;
      properties: PropertyRegistry;
      records: RecordStore;
      settings: SandboxSettings;
    },
  ) {}

  checked(portal: SandboxPortal, type: SandboxObjectType, input: Values, current: Values): Values {
    const { values, errors } = checkValues(input, {
      type,
      definitions: this.parts.properties.of(portal.id, type),
      ownerExists: (ownerId) => this.parts.catalogue.owner(portal.id, ownerId)?.archived === false,
      pipelines: new Map(
        this.parts.catalogue
          .pipelines(portal.id, type.typeId)
          .map((each) => [each.id, new Set(each.stages.map((stage) => stage.id))]),
      ),
      refusedEmailEndings: this.parts.settings.refusedEmailEndings,
      editorMarkup: this.parts.settings.editorMarkup,
      current,
    });
    if (errors.length > 0) throw valuesRefused(errors);
    return values;
  }

  requireProperties(portal: SandboxPortal, type: SandboxObjectType, values: Values): void {
    if (type.kind === 'activity' && (values['hs_timestamp'] ?? '') === '') {
      const start = values['hs_meeting_start_time'];
      if (type.singular === 'meeting' && start !== undefined && start !== '') values['hs_timestamp'] = start;
    }
    const schema = this.parts.catalogue.schemas(portal.id).find((each) => each.typeId === type.typeId);
    const required = type.kind === 'activity' ? ['hs_timestamp'] : (schema?.requiredProperties ?? []);
    const missing = required.filter((name) => (values[name] ?? '') === '');
    if (missing.length > 0) {
      throw validationError(`Error creating ${upperName(type)}. Some required properties were not set.`, {
        context: { properties: missing },
      });
    }
  }

  checkUnique(portal: SandboxPortal, type: SandboxObjectType, values: Values, ownId: string | null): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === '') continue;
      if (type.typeId === '0-1' && (name === 'email' || name === 'hs_additional_emails')) {
        for (const address of value.split(';')) {
          const holder =
            this.parts.records.byIdentity(portal.id, type.typeId, 'email', address) ??
            this.parts.records.byIdentity(portal.id, type.typeId, 'hs_additional_emails', address);
          if (holder !== undefined && holder !== ownId) throw contactExists(holder);
        }
        continue;
      }
      if (this.parts.properties.of(portal.id, type).get(name)?.hasUniqueValue !== true) continue;
      const holder = this.parts.records.byIdentity(portal.id, type.typeId, name, value);
      if (holder !== undefined && holder !== ownId) {
        throw valuesRefused([
          {
            name,
            message: `Cannot set ${name}=${value}. ${holder} already has that value.`,
            error: 'CONFLICTING_UNIQUE_VALUE',
          },
        ]);
      }
    }
  }

  keepIdentities(portal: SandboxPortal, type: SandboxObjectType, record: StoredRecord): void {
    this.parts.records.clearIdentities(portal.id, type.typeId, record.id);
    for (const definition of this.parts.properties.of(portal.id, type).values()) {
      const value = record.properties[definition.name] ?? '';
      if (definition.hasUniqueValue && value !== '') this.parts.records.addIdentity(record, definition.name, value);
    }
    for (const address of type.typeId === '0-1' ? listOf(record.properties, 'hs_additional_emails') : []) {
      this.parts.records.addIdentity(record, 'hs_additional_emails', address);
    }
  }
}

function contactExists(id: string): ApiError {
  return new ApiError(409, `Contact already exists. Existing ID: ${id}`, { category: 'CONFLICT' });
}

function listOf(properties: Values, name: string): string[] {
  return (properties[name] ?? '').split(';').filter((each) => each !== '');
}

/**
 * The values of a merged record under its new id, and the number of properties that only the other record had. The
 * primary's values win.
 */
export function mergedValues(
  primary: StoredRecord,
  other: StoredRecord,
  id: string,
): { values: Values; moved: number } {
  const moved = Object.entries(other.properties).filter(
    ([name, value]) => value !== '' && (primary.properties[name] ?? '') === '',
  );
  const values = {
    ...primary.properties,
    ...Object.fromEntries(moved),
    ...mergedList(primary.properties, other.properties, { main: 'email', additional: 'hs_additional_emails' }),
    ...mergedList(primary.properties, other.properties, { main: 'domain', additional: 'hs_additional_domains' }),
    hs_object_id: id,
    hs_merged_object_ids: mergedIds(primary, other, id),
  };
  return { values, moved: moved.length };
}

/** The primary's address or domain stays the main one, and the other's become additional ones. */
function mergedList(
  primary: Values,
  other: Values,
  { main, additional }: { main: string; additional: string },
): Values {
  const kept = primary[main] ?? '';
  const rest = [...listOf(primary, additional), other[main] ?? '', ...listOf(other, additional)];
  const added = [...new Set(rest)].filter((each) => each !== '' && each !== kept);
  return kept === '' || added.length === 0 ? {} : { [additional]: added.join(';') };
}

function mergedIds(primary: StoredRecord, other: StoredRecord, id: string): string {
  const earlier = [primary, other].flatMap((each) => (each.properties['hs_merged_object_ids'] ?? '').split(';'));
  return [...new Set([...earlier, primary.id, other.id])].filter((each) => each !== '' && each !== id).join(';');
}

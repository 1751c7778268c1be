import { z } from 'zod';
import type { SandboxDatabase } from '../store/database';
import { integerIn, textIn } from '../store/database';
import type { SandboxObjectType } from './object-types';
import { parseDefinitions } from './property-definitions';
import type { PropertyDefinition } from './property-definitions';
import { ACTIVITY_PROPERTIES, CUSTOM_PROPERTIES, STANDARD_PROPERTIES } from './property-tables';

const definitionShape: z.ZodType<PropertyDefinition> = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(['string', 'number', 'date', 'datetime', 'enumeration', 'bool', 'phone_number']),
  fieldType: z.string(),
  description: z.string(),
  groupName: z.string(),
  options: z.array(
    z.object({
      label: z.string(),
      value: z.string(),
      description: z.string().optional(),
      displayOrder: z.number(),
      hidden: z.boolean(),
    }),
  ),
  readOnly: z.boolean(),
  calculated: z.boolean(),
  hasUniqueValue: z.boolean(),
  external: z.enum(['owner', 'pipeline', 'stage']).nullable(),
  hubspotDefined: z.boolean(),
  displayOrder: z.number(),
  createdAt: z.number().nullable(),
  updatedAt: z.number().nullable(),
  createdUserId: z.string().optional(),
  updatedUserId: z.string().optional(),
});

export interface PropertyGroup {
  name: string;
  label: string;
  displayOrder: number;
}

/** HubSpot's own definitions by object type id. They are parsed once, because they never change. */
const standard = new Map<string, Map<string, PropertyDefinition>>();

function standardDefinitions(type: SandboxObjectType): Map<string, PropertyDefinition> {
  const key = type.kind === 'custom' ? 'custom' : type.typeId;
  let found = standard.get(key);
  if (found === undefined) {
    const lines = STANDARD_PROPERTIES[type.typeId] ?? ACTIVITY_PROPERTIES[type.typeId] ?? CUSTOM_PROPERTIES;
    found = new Map(parseDefinitions(lines, defaultGroup(type)).map((each) => [each.name, each]));
    standard.set(key, found);
  }
  return found;
}

/** The group of properties that name none: `contactinformation`, `<name>_information` of a custom object. */
export function defaultGroup(type: SandboxObjectType): string {
  if (type.kind !== 'custom') return `${type.singular}information`;
  return `${type.singular.replace(/^p\d+_/u, '')}_information`;
}

/** The property definitions of every portal: HubSpot's own and added ones. */
export class PropertyRegistry {
  private readonly cache = new Map<string, Map<string, PropertyDefinition>>();

  constructor(private readonly database: SandboxDatabase) {}

  /** Returns all live definitions of a type by name. */
  of(portalId: number, type: SandboxObjectType): Map<string, PropertyDefinition> {
    const key = `${portalId}/${type.typeId}`;
    let found = this.cache.get(key);
    if (found === undefined) {
      found = new Map([...standardDefinitions(type), ...this.added(portalId, type, false).map(byName)]);
      this.cache.set(key, found);
    }
    return found;
  }

  archived(portalId: number, type: SandboxObjectType): PropertyDefinition[] {
    return this.added(portalId, type, true);
  }

  save(portalId: number, type: SandboxObjectType, definition: PropertyDefinition): void {
    this.database.run(
      'INSERT OR REPLACE INTO properties (portal_id, type_id, name, archived, definition) VALUES (?, ?, ?, 0, ?)',
      portalId,
      type.typeId,
      definition.name,
      JSON.stringify(definition),
    );
    this.cache.delete(`${portalId}/${type.typeId}`);
  }

  archive(portalId: number, type: SandboxObjectType, name: string): void {
    this.database.run(
      'UPDATE properties SET archived = 1 WHERE portal_id = ? AND type_id = ? AND name = ?',
      portalId,
      type.typeId,
      name,
    );
    this.cache.delete(`${portalId}/${type.typeId}`);
  }

  groups(portalId: number, type: SandboxObjectType): PropertyGroup[] {
    const own = { name: defaultGroup(type), label: `${capital(type.singular)} information`, displayOrder: 0 };
    const added = this.database
      .all('SELECT * FROM property_groups WHERE portal_id = ? AND type_id = ?', portalId, type.typeId)
      .map((row) => ({
        name: textIn(row, 'name'),
        label: textIn(row, 'label'),
        displayOrder: integerIn(row, 'display_order'),
      }));
    return [own, ...added];
  }

  saveGroup(portalId: number, type: SandboxObjectType, group: PropertyGroup): void {
    this.database.run(
      'INSERT OR REPLACE INTO property_groups (portal_id, type_id, name, label, display_order) VALUES (?, ?, ?, ?, ?)',
      portalId,
      type.typeId,
      group.name,
      group.label,
      group.displayOrder,
    );
  }

  deleteGroup(portalId: number, type: SandboxObjectType, name: string): void {
    this.database.run(
      'DELETE FROM property_groups WHERE portal_id = ? AND type_id = ? AND name = ?',
      portalId,
      type.typeId,
      name,
    );
  }

  private added(portalId: number, type: SandboxObjectType, archived: boolean): PropertyDefinition[] {
    return this.database
      .all(
        'SELECT definition FROM properties WHERE portal_id = ? AND type_id = ? AND archived = ? ORDER BY rowid',
        portalId,
        type.typeId,
        archived ? 1 : 0,
      )
      .map((row) => definitionShape.parse(JSON.parse(textIn(row, 'definition'))));
  }
}

function byName(definition: PropertyDefinition): [string, PropertyDefinition] {
  return [definition.name, definition];
}

function capital(value: string): string {
  return value.charAt(0).toUpperCase() + value.slice(1);
}

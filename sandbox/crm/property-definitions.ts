import { COMMON } from './property-tables';

export type PropertyType = 'string' | 'number' | 'date' | 'datetime' | 'enumeration' | 'bool' | 'phone_number';

export interface PropertyOption {
  label: string;
  value: string;
  description?: string;
  displayOrder: number;
  hidden: boolean;
}

export interface PropertyDefinition {
  name: string;
  label: string;
  type: PropertyType;
  fieldType: string;
  description: string;
  groupName: string;
  options: PropertyOption[];
  readOnly: boolean;
  calculated: boolean;
  hasUniqueValue: boolean;
  /** The source of options that are not part of the definition: owners, pipelines and stages. */
  external: 'owner' | 'pipeline' | 'stage' | null;
  /** Defined by HubSpot, so it cannot be archived. */
  hubspotDefined: boolean;
  displayOrder: number;
  createdAt: number | null;
  updatedAt: number | null;
  /** The users who created it and who changed it last. HubSpot's own properties have none. */
  createdUserId?: string | undefined;
  updatedUserId?: string | undefined;
}

/** HubSpot's own definitions have times years ago (recorded). One time serves all here. */
const HUBSPOT_DEFINED_AT = Date.parse('2019-08-06T02:41:08.458Z');

const LINE =
  /^(?<name>\S+) (?<type>\S+) (?<field>\S+) (?<label>.+?)(?: (?<special>ro|calc|uniquero|unique|owner|pipeline|stage|\[[^\]]*\]))?$/u;

/** Parses definitions, one per line. */
export function parseDefinitions(lines: string, groupName: string): PropertyDefinition[] {
  return `${COMMON}\n${lines}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const found = LINE.exec(line)?.groups;
      if (found === undefined) throw new Error(`Not a property definition: ${line}`);
      const special = found['special'] ?? '';
      return {
        name: found['name'] ?? '',
        label: found['label'] ?? '',
        type: propertyType(found['type'] ?? ''),
        fieldType: found['field'] ?? 'text',
        description: '',
        groupName,
        options: special.startsWith('[') ? options(special.slice(1, -1).split(',')) : [],
        readOnly: special === 'ro' || special === 'calc' || special === 'uniquero',
        calculated: special === 'calc',
        hasUniqueValue: special === 'unique' || special === 'uniquero',
        external: special === 'owner' || special === 'pipeline' || special === 'stage' ? special : null,
        hubspotDefined: true,
        displayOrder: index,
        createdAt: HUBSPOT_DEFINED_AT,
        updatedAt: HUBSPOT_DEFINED_AT,
      };
    });
}

function options(values: string[]): PropertyOption[] {
  return values.map((value, displayOrder) => ({
    label: value.replaceAll('_', ' ').toLowerCase(),
    value,
    displayOrder,
    hidden: false,
  }));
}

function propertyType(value: string): PropertyType {
  switch (value) {
    case 'string':
    case 'number':
    case 'date':
    case 'datetime':
    case 'enumeration':
    case 'bool':
    case 'phone_number':
      return value;
    default:
      throw new Error(`Unknown property type ${value}`);
  }
}

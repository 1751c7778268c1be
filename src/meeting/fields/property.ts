/** What HubSpot says about a property of an object type. */
export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  /** `string`, `number`, `bool`, `date`, `datetime`, `enumeration`, `phone_number`, or a type that HubSpot adds later. */
  readonly type: string;
  /** Such as `checkbox`, which takes several options. */
  readonly fieldType: string;
  readonly options: readonly PropertyOption[];
  /** HubSpot takes values for it: it is neither read-only nor calculated. */
  readonly writable: boolean;
}

export interface PropertyOption {
  readonly label: string;
  readonly value: string;
}

/** The properties of an object type, for programs. `several`: whether the property takes several of its options. */
export type PropertiesDocument = {
  readonly properties: readonly {
    readonly name: string;
    readonly label: string;
    readonly type: string;
    readonly several: boolean;
    readonly options: readonly PropertyOption[];
    readonly writable: boolean;
  }[];
};

/** HubSpot separates the options of a list by it. */
const SEPARATOR = ';';

/** Whether a property takes several options. */
export function takesSeveral({ type, fieldType }: Pick<PropertyDefinition, 'type' | 'fieldType'>): boolean {
  return type === 'enumeration' && fieldType === 'checkbox';
}

/** One option per entry, without duplicates. */
export function optionsIn(value: string): string[] {
  const options = value.split(SEPARATOR).map((option) => option.trim());
  return [...new Set(options.filter((option) => option !== ''))];
}

/** Several options as the one text that HubSpot takes. */
export function joinOptions(options: readonly string[]): string {
  return [...new Set(options)].join(SEPARATOR);
}

/** What decides whether two values are the same. */
export type PropertyType = Pick<PropertyDefinition, 'type' | 'fieldType'>;

/**
 * A value in the one form that all spellings of it share: HubSpot answers numbers, times and lists in its own form. No
 * value is "".
 *
 * @param type - null if it is not known: every spelling is then a value of its own
 */
export function canonicalValue(type: PropertyType | null, value: string | null): string {
  if (value === null || value === '' || type === null) return value ?? '';
  switch (type.type) {
    case 'number':
      return Number.isNaN(Number(value)) ? value : String(Number(value));
    case 'date':
    case 'datetime':
      return String(instantOf(value) ?? value);
    case 'enumeration':
      return takesSeveral(type) ? joinOptions(optionsIn(value).toSorted()) : value;
    default:
      return value;
  }
}

/** Whether two values are the same for a property. Null and "" are both no value. */
export function isSameValue(type: PropertyType | null, one: string | null, other: string | null): boolean {
  return canonicalValue(type, one) === canonicalValue(type, other);
}

/** HubSpot answers a time as ISO 8601, or as milliseconds since 1970. */
function instantOf(value: string): number | null {
  const time = /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

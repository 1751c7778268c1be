import { referenceOf, type Schema } from './document';

const STRINGS: Readonly<Record<string, string>> = {
  'date-time': 'date and time',
  date: 'date',
  uri: 'address',
  uuid: 'UUID',
};
const TYPES: Readonly<Record<string, string>> = {
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
  object: 'object',
};

/** Returns a schema's type and bounds in words, such as `text or null, up to 1,000 characters`. */
export function typeWords(schema: Schema): string {
  return [typeOf(schema), ...boundsOf(schema)].join(', ');
}

function typeOf(schema: Schema): string {
  const name = referenceOf(schema);
  if (name !== null) return documentName(name);
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(', ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' or ');
  if (schema.type === 'array') return schema.items === undefined ? 'list' : `list of ${typeOf(schema.items)}`;
  if (schema.type === 'string') return STRINGS[schema.format ?? ''] ?? 'text';
  return TYPES[schema.type ?? ''] ?? 'any value';
}

function boundsOf(schema: Schema): string[] {
  const { maxLength, maxItems, minimum, maximum, anyOf = [] } = schema;
  const fallback = schema.default;
  return [
    ...anyOf.flatMap(boundsOf),
    ...(maxLength === undefined ? [] : [`up to ${numberWords(maxLength)} characters`]),
    ...(maxItems === undefined ? [] : [`up to ${numberWords(maxItems)} entries`]),
    ...(isBound(minimum) ? [`at least ${numberWords(minimum)}`] : []),
    ...(isBound(maximum) ? [`at most ${numberWords(maximum)}`] : []),
    ...(fallback === undefined ? [] : [`${JSON.stringify(fallback)} by default`]),
  ];
}

/** The bounds of every whole number of JSON are none of ours. */
function isBound(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}

function numberWords(value: number): string {
  return value.toLocaleString('en');
}

/** The name under which a document is shown: an input has one of its own only where the output differs. */
export function documentName(component: string): string {
  return component.replace(/Input$/, '');
}

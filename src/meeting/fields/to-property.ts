import type { FieldValue } from './meeting-field';
import { joinOptions, takesSeveral, type PropertyDefinition, type PropertyOption } from './property';

/** A value as the property takes it, or why it does not take it: a sentence for people. */
export type Fitted = { readonly fits: string } | { readonly why: string };

/** HubSpot's limit for the values of text properties. */
const LONGEST_TEXT = 65_536;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const DAY_MS = 86_400_000;

/**
 * Converts a value to what a property takes. Nothing is cut or guessed: what does not fit as it is does not fit.
 *
 * @param property - null if the account has no such property
 */
export function toProperty(value: FieldValue, property: PropertyDefinition | null): Fitted {
  if (property === null) return { why: 'HubSpot has no such property, or it is archived.' };
  if (!property.writable) return { why: `HubSpot sets “${property.label}” itself: it cannot be written.` };
  switch (property.type) {
    case 'string':
    case 'phone_number':
      return toText(value);
    case 'number':
      return toNumber(value);
    case 'bool':
      return toBool(value, property.options);
    case 'date':
      return toDate(value);
    case 'datetime':
      return toDateTime(value);
    case 'enumeration':
      return toOptions(value, property);
    default:
      return { why: `Properties of the type “${property.type}” cannot be written.` };
  }
}

function toText(value: FieldValue): Fitted {
  const text =
    typeof value === 'object' ? value.join('\n') : typeof value === 'number' ? decimal(value) : String(value);
  return text.length > LONGEST_TEXT
    ? { why: `The text has ${text.length} characters, and HubSpot takes ${LONGEST_TEXT}.` }
    : { fits: text };
}

function toNumber(value: FieldValue): Fitted {
  if (typeof value === 'number') return { fits: decimal(value) };
  const text = typeof value === 'string' ? value.trim() : '';
  return NUMBER.test(text) ? { fits: text.replace(/^\+/, '') } : { why: `${quoted(value)} is not a number.` };
}

function toBool(value: FieldValue, options: readonly PropertyOption[]): Fitted {
  if (typeof value === 'boolean') return { fits: String(value) };
  if (typeof value === 'string') {
    const found = optionFor(value, [
      { value: 'true', label: 'true' },
      { value: 'false', label: 'false' },
      ...options.filter((option) => option.value === 'true' || option.value === 'false'),
    ]);
    if (found !== null) return { fits: found };
  }
  return { why: `${quoted(value)} is neither true nor false.` };
}

function toDate(value: FieldValue): Fitted {
  const time = typeof value === 'string' ? timeOf(value) : null;
  if (time === null) return { why: `${quoted(value)} is not a date such as 2026-11-06.` };
  return { fits: new Date(Math.floor(time / DAY_MS) * DAY_MS).toISOString().slice(0, 10) };
}

function toDateTime(value: FieldValue): Fitted {
  const time = typeof value === 'string' ? timeOf(value) : null;
  if (time === null) return { why: `${quoted(value)} is not a date and time such as 2026-11-06T09:00:00Z.` };
  return { fits: new Date(time).toISOString() };
}

/** A day is midnight UTC. Null for a text that is neither a date nor a date and time, and for 30 February. */
function timeOf(given: string): number | null {
  const text = given.trim();
  if (!DAY.test(text) && !DATE_TIME.test(text)) return null;
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

function toOptions(value: FieldValue, property: PropertyDefinition): Fitted {
  const wanted = typeof value === 'object' ? value : [typeof value === 'number' ? decimal(value) : String(value)];
  if (property.options.length === 0)
    return { why: `The options of “${property.label}” are not a list that can be compared with the value.` };
  if (wanted.length > 1 && !takesSeveral(property))
    return { why: `“${property.label}” takes one option, and the value has ${wanted.length}.` };
  const found: string[] = [];
  for (const text of wanted) {
    const option = optionFor(text, property.options);
    if (option === null) return { why: `“${property.label}” has no option ${quoted(text)}.` };
    found.push(option);
  }
  return { fits: takesSeveral(property) ? joinOptions(found) : (found[0] ?? '') };
}

/** The option whose value or label is the text: the very same one, else in any case. Null if none or several are. */
function optionFor(text: string, options: readonly PropertyOption[]): string | null {
  const wanted = text.trim();
  const folded = wanted.toLowerCase();
  const ladder: ((option: PropertyOption) => boolean)[] = [
    ({ value }) => value === wanted,
    ({ label }) => label.trim() === wanted,
    ({ value, label }) => value.toLowerCase() === folded || label.trim().toLowerCase() === folded,
  ];
  for (const is of ladder) {
    const found = new Set(options.filter(is).map(({ value }) => value));
    if (found.size > 0) return found.size === 1 ? ([...found][0] ?? null) : null;
  }
  return null;
}

/** Without an exponent, which HubSpot does not read. */
function decimal(value: number): string {
  return new Intl.NumberFormat('en', { useGrouping: false, maximumFractionDigits: 20 }).format(value);
}

function quoted(value: FieldValue): string {
  const text = typeof value === 'object' ? value.join(', ') : String(value);
  return `“${text.length > 100 ? `${text.slice(0, 100)}…` : text}”`;
}

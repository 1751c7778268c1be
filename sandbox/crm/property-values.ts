import { ApiError } from '../errors';
import { BODY_PROPERTIES, cleanBody, inEditorMarkup } from './bodies';
import type { SandboxObjectType } from './object-types';
import type { PropertyDefinition } from './property-definitions';

/** HubSpot's limit for string properties ("Properties" guide). Bodies of meetings are assumed to have it as well. */
const LONGEST_VALUE = 65_536;

export interface ValueError {
  name: string;
  message: string;
  error: string;
}

/** The context for validating the values of a write. */
export interface ValueContext {
  type: SandboxObjectType;
  definitions: ReadonlyMap<string, PropertyDefinition>;
  /** True for owners that exist and are not archived: the stricter reading of an open question. */
  ownerExists: (ownerId: string) => boolean;
  pipelines: ReadonlyMap<string, ReadonlySet<string>>;
  /** Endings of addresses that are refused as a contact's `email`. */
  refusedEmailEndings: readonly string[];
  /** Whether bodies are rewritten as HubSpot's editor does. */
  editorMarkup: boolean;
  /** The record's values before the write. */
  current: Readonly<Record<string, string>>;
}

/**
 * Returns the values as HubSpot stores them, or one error per refused property. Activities ignore unknown and read-only
 * properties silently. Records refuse them.
 */
export function checkValues(
  input: Readonly<Record<string, string>>,
  context: ValueContext,
): { values: Record<string, string>; errors: ValueError[] } {
  const values: Record<string, string> = {};
  const errors: ValueError[] = [];
  for (const [rawName, raw] of Object.entries(input)) {
    const name = rawName.toLowerCase();
    const definition = context.definitions.get(name);
    if (definition === undefined || definition.readOnly) {
      if (context.type.kind === 'activity') continue;
      errors.push(
        definition === undefined
          ? { message: `Property "${rawName}" does not exist`, error: 'PROPERTY_DOESNT_EXIST', name: rawName }
          : { message: `"${name}" is a read only property; its value cannot be set.`, error: 'READ_ONLY_VALUE', name },
      );
      continue;
    }
    const result = raw === '' ? '' : normalise(definition, raw, context, input);
    if (typeof result === 'string') values[name] = result;
    else errors.push({ name, ...result });
  }
  return { values, errors };
}

type Refusal = { message: string; error: string };

function normalise(
  definition: PropertyDefinition,
  value: string,
  context: ValueContext,
  input: Readonly<Record<string, string>>,
): string | Refusal {
  if (value.length > LONGEST_VALUE) {
    return {
      message: `Property value for ${definition.name} is too long: ${value.length} characters, the limit is ${LONGEST_VALUE}`,
      error: 'PROPERTY_VALUE_TOO_LONG',
    };
  }
  switch (definition.type) {
    case 'number':
      return Number.isFinite(Number(value)) && value.trim() !== ''
        ? value.trim()
        : { message: `${value} was not a valid number.`, error: 'INVALID_INTEGER' };
    case 'bool':
      return value === 'true' || value === 'false'
        ? value
        : { message: `${value} was not one of the allowed options: [true, false]`, error: 'INVALID_OPTION' };
    case 'date':
    case 'datetime': {
      const instant = parseInstant(value);
      if (instant === null) return { message: `${value} was not a valid long.`, error: 'INVALID_LONG' };
      return definition.type === 'date' ? instantText(instant).slice(0, 10) : instantText(instant);
    }
    case 'enumeration':
      return enumeration(definition, value, context, input);
    case 'phone_number':
    case 'string':
      return string(definition, value, context);
  }
}

function string(definition: PropertyDefinition, value: string, context: ValueContext): string | Refusal {
  if (definition.name === 'email' && context.type.typeId === '0-1') {
    const email = value.trim().toLowerCase();
    const refused = context.refusedEmailEndings.some((ending) => email.endsWith(ending.toLowerCase()));
    return isEmail(email) && !refused
      ? email
      : { message: `Email address ${value} is invalid`, error: 'INVALID_EMAIL' };
  }
  if (definition.name === 'domain' && context.type.typeId === '0-2') {
    return value
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//u, '')
      .replace(/^www\./u, '')
      .replace(/\/.*$/u, '');
  }
  if (!BODY_PROPERTIES.has(definition.name)) return value;
  const cleaned = cleanBody(value);
  return context.editorMarkup ? inEditorMarkup(cleaned) : cleaned;
}

function enumeration(
  definition: PropertyDefinition,
  value: string,
  context: ValueContext,
  input: Readonly<Record<string, string>>,
): string | Refusal {
  switch (definition.external) {
    case 'owner':
      return context.ownerExists(value)
        ? value
        : { message: `${value} was not a valid owner id: no active owner has it`, error: 'INVALID_OWNER_ID' };
    case 'pipeline':
      return context.pipelines.has(value) ? value : notAllowed(value, [...context.pipelines.keys()]);
    case 'stage': {
      const pipelineProperty = definition.name === 'dealstage' ? 'pipeline' : 'hs_pipeline';
      const pipeline = input[pipelineProperty] ?? context.current[pipelineProperty];
      const stages =
        pipeline === undefined
          ? new Set([...context.pipelines.values()].flatMap((each) => [...each]))
          : (context.pipelines.get(pipeline) ?? new Set<string>());
      return stages.has(value) ? value : notAllowed(value, [...stages]);
    }
    case null:
  }
  if (definition.options.length === 0) {
    return definition.name === 'hs_additional_emails' || definition.name === 'hs_additional_domains'
      ? value.toLowerCase()
      : value;
  }
  const allowed = definition.options.map((option) => option.value);
  const chosen = definition.fieldType === 'checkbox' ? value.split(';').filter((each) => each !== '') : [value];
  const wrong = chosen.find((each) => !allowed.includes(each));
  return wrong === undefined ? value : notAllowed(wrong, allowed);
}

function notAllowed(value: string, allowed: string[]): Refusal {
  return { message: `${value} was not one of the allowed options: [${allowed.join(', ')}]`, error: 'INVALID_OPTION' };
}

/** The 400 of a write: the same errors as text in `message` and as entries (recorded). */
export function valuesRefused(errors: readonly ValueError[]): ApiError {
  const listed = errors.map(({ message, error, name }) => ({ isValid: false, message, error, name }));
  return new ApiError(400, `Property values were not valid: ${JSON.stringify(listed)}`, {
    errors: errors.map(({ message, error, name }) => ({
      message,
      code: error,
      context: { propertyName: [name] },
    })),
    category: 'VALIDATION_ERROR',
  });
}

function isEmail(value: string): boolean {
  return /^[^\s@<>()",;:\\]+@[^\s@.<>()",;:\\]+(?:\.[^\s@.<>()",;:\\]+)+$/u.test(value);
}

/** Parses an ISO 8601 date or time, or milliseconds written as digits, into milliseconds; null for anything else. */
export function parseInstant(value: string): number | null {
  if (/^-?\d+$/u.test(value)) return Number(value);
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u.test(value)) return null;
  const dated = /T.*(?:Z|[+-]\d{2}:?\d{2})$/u.test(value) || !value.includes('T') ? value : `${value}Z`;
  const time = Date.parse(dated);
  return Number.isNaN(time) ? null : time;
}

/**
 * Formats a time as HubSpot does, whole seconds without a fraction: 2026-03-12T10:00:00Z, and 2026-03-12T07:34:23.259Z.
 */
export function instantText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

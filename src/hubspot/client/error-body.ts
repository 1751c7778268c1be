import { z } from 'zod';

/**
 * HubSpot puts lists of texts into a context. A single text is read as a list of one, every other value as an empty
 * list.
 */
const context = z
  .record(z.string(), z.unknown())
  .transform((entries) =>
    Object.fromEntries(Object.entries(entries).map(([name, value]): [string, string[]] => [name, textsOf(value)])),
  )
  .optional()
  .catch(undefined);

const text = z.string().optional().catch(undefined);

const validationResult = z.object({ name: text, message: text, error: text }).catch({});

// HubSpot: "treat every field as optional" (error handling guide).
const errorBody = z.object({
  status: text,
  /** RFC 6749's field: the token endpoint's error code. */
  error: text,
  error_description: text,
  message: text,
  category: text,
  correlationId: text,
  policyName: text,
  /** The data center that has the account (488). */
  correctHublet: text,
  context,
  errors: z
    .array(z.object({ message: text, code: text, in: text, context }).catch({}))
    .optional()
    .catch(undefined),
  validationResults: z.array(validationResult).optional().catch(undefined),
});

/** HubSpot's description of why it did not carry out a request. */
export type ErrorBody = z.output<typeof errorBody>;
export type ValidationResult = z.output<typeof validationResult>;

const validationResults = z.array(validationResult);

/** Reads the known fields of an error body. HTML and empty bodies are read as an empty one. */
export function readErrorBody(body: unknown): ErrorBody {
  const result = errorBody.safeParse(body);
  return result.success ? result.data : {};
}

/** Whether an answer is no JSON object: a page of a firewall or proxy in front of HubSpot. */
export function isMarkup(body: unknown): boolean {
  return body !== null && body !== undefined && typeof body !== 'object';
}

/** HubSpot's message for a person, or null if there is none. */
export function messageOf({ message, errors = [], error_description: description }: ErrorBody): string | null {
  return message ?? errors.find((each) => each.message !== undefined)?.message ?? description ?? null;
}

/**
 * Finds the existing record because of which a create was refused: `context.existingId` of an error or of the whole
 * answer (R054). An older form has the id only at the end of the sentence, whose words may be masked because a person is
 * called like them.
 */
export function existingIdOf(body: ErrorBody): string | null {
  const contexts = [...(body.errors ?? []).map((error) => error.context), body.context];
  const [named] = contexts.flatMap((entries) => entries?.['existingId'] ?? []);
  return named ?? /(?:\bID:|…) (\d+)\.?$/.exec(body.message ?? '')?.[1] ?? null;
}

const NAMES_SCOPES = /scopes?$/i;
const SCOPE = /^[a-z][\w-]*(?:\.[\w-]+)*$/;

/**
 * Finds the scopes that a 403 names: in the context of an error or of the whole answer, under any key (R066:
 * `requiredGranularScopes`, R078: `requiredScopes`), or else in brackets in its sentence.
 */
export function scopesNamed(body: ErrorBody): string[] {
  const contexts = [body.context, ...(body.errors ?? []).map((error) => error.context)];
  const named = contexts.flatMap((entries = {}) =>
    Object.entries(entries).flatMap(([name, values]) => (NAMES_SCOPES.test(name) ? values : [])),
  );
  return [...new Set(named.length > 0 ? named : scopesIn(messageOf(body) ?? ''))];
}

/** "This oauth-token does not have proper permissions! (requires any of [crm.objects.deals.read])" */
function scopesIn(message: string): string[] {
  if (!/scope|permission|requires/i.test(message)) return [];
  return [...message.matchAll(/\[([^\]]*)\]/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((scope) => scope.trim().replaceAll(/^["']|["']$/g, ''))
    .filter((scope) => SCOPE.test(scope));
}

/** One property that HubSpot refused, and HubSpot's reason. */
export interface PropertyRefusal {
  readonly name: string;
  readonly rule: string;
  /** HubSpot's code, such as `INVALID_OPTION`. */
  readonly code: string | null;
}

const PROPERTY = /^[a-z][a-z0-9_]*$/;
/** Keys of contexts that name properties: `propertyName`, `properties`, `property`, `requiredProperties` … */
const NAMES_PROPERTIES = /propert(?:y|ies)|propertynames?$/i;

/**
 * Finds the properties that a validation error is about. HubSpot writes them as JSON within its sentence, as
 * `validationResults`, in contexts, or only in the sentence.
 */
export function propertyRefusals(body: ErrorBody): PropertyRefusal[] {
  const message = messageOf(body) ?? '';
  const found = [...validatedIn(message), ...(body.validationResults ?? [])].flatMap(ofResult);
  const inErrors = (body.errors ?? []).flatMap((error): PropertyRefusal[] => {
    const names = namesIn(error.context, error.in);
    return names.map((name) => ({ name, rule: error.message ?? message, code: error.code ?? null }));
  });
  const inContext = namesIn(body.context).map((name) => ({ name, rule: message, code: null }));
  const structured = [...found, ...inErrors, ...inContext];
  const inMessages = [message, ...(body.errors ?? []).map((error) => error.message ?? '')].flatMap((sentence) =>
    propertiesIn(sentence).map((name) => ({ name, rule: sentence, code: null })),
  );
  const all = structured.length > 0 ? structured : inMessages;
  return [...new Map(all.toReversed().map((refusal) => [refusal.name, refusal])).values()].toReversed();
}

function ofResult({ name, message, error }: ValidationResult): PropertyRefusal[] {
  const rule = message ?? error ?? 'the value is not valid';
  const names = name !== undefined && PROPERTY.test(name) ? [name] : propertiesIn(rule);
  return names.map((each) => ({ name: each, rule, code: error ?? null }));
}

/** `Property values were not valid: [{"isValid":false,"message":…,"error":…,"name":…}]` (R053). */
function validatedIn(message: string): ValidationResult[] {
  const [start, end] = [message.indexOf('[{'), message.lastIndexOf('}]')];
  if (start < 0 || end < start) return [];
  try {
    return validationResults.parse(JSON.parse(message.slice(start, end + 2)));
  } catch {
    return [];
  }
}

function namesIn(entries: Readonly<Record<string, string[]>> = {}, place?: string): string[] {
  const named = Object.entries(entries).flatMap(([name, values]) => (NAMES_PROPERTIES.test(name) ? values : []));
  const placed = place === undefined ? [] : [place.replace(/^properties\./, '')];
  return [...named, ...placed].filter((name) => PROPERTY.test(name));
}

/**
 * Names in a sentence: quoted ones after "property", lists of required ones, and names that only a property can have.
 * HubSpot quotes values of any length, so every gap has a bound: without one, "property" many times takes seconds.
 */
function propertiesIn(sentence: string): string[] {
  const quoted = [
    ...sentence.matchAll(/propert(?:y|ies)\s{1,9}(?:named?\s{1,9})?["'“‘`]([a-z][a-z0-9_]*)["'”’`]/gi),
  ].map(([, name = '']) => name);
  const listed = [...sentence.matchAll(/propert(?:y|ies)[^[\]]{0,200}\[([\w\s,]+)\]/gi)].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.trim()),
  );
  const own = sentence.match(/\b(?:hs_[a-z0-9_]+|hubspot_owner_id)\b/g) ?? [];
  return [...new Set([...quoted, ...listed, ...own])].filter((name) => PROPERTY.test(name));
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');
}

import type { z } from 'zod';
import { didYouMean, fieldsAt } from './intake/suggestion';

/** One field of an input, and its validation error. */
export interface FieldError {
  /** Such as `smartCategories[0].items[3].clipUrl`; empty for the input itself. */
  readonly path: string;
  readonly message: string;
}

/** The validation errors of a rejected input. */
export interface ValidationErrors {
  /** At most {@link MOST_ERRORS}. */
  readonly errors: readonly FieldError[];
  /** The number of all errors, including those that are not listed or only counted. */
  readonly total: number;
  /** A summary in one sentence. */
  readonly sentence: string;
}

/** More would not be read, and the response must not be larger than the body that it is about. */
const MOST_ERRORS = 100;
/** How many unknown fields of one object are listed by name. The others are only counted. */
const MOST_UNKNOWN_FIELDS = 20;
/** How many characters of a field's name a path keeps. */
const LONGEST_NAME = 100;

/**
 * Lists the validation errors that a schema found, one per field. An unknown field is listed under its own path.
 *
 * @param schema - the schema, for the name that a misspelt field most probably means
 */
export function listErrors(
  rejected: { readonly issues: readonly z.core.$ZodIssue[] },
  schema?: z.ZodType,
): ValidationErrors {
  const errors: FieldError[] = [];
  let total = 0;
  let entries = 0;
  const add = (path: readonly PropertyKey[], message: string, count = 1) => {
    total += count;
    entries += 1;
    if (errors.length < MOST_ERRORS) errors.push({ path: pathText(path), message });
  };
  for (const issue of rejected.issues.flatMap(inItsForm)) {
    if (issue.code === 'unrecognized_keys') {
      const known = errors.length < MOST_ERRORS ? fieldsAt(schema, issue.path) : [];
      for (const key of issue.keys.slice(0, MOST_UNKNOWN_FIELDS))
        add([...issue.path, key], `is not a known field${didYouMean(key, known)}`);
      const more = issue.keys.length - MOST_UNKNOWN_FIELDS;
      if (more > 0)
        add(issue.path, `has ${more.toLocaleString('en')} more unknown ${more === 1 ? 'field' : 'fields'}`, more);
    } else add(issue.path, issue.message);
  }
  return { errors, total, sentence: sentenceOf(total, entries > errors.length ? errors.length : null) };
}

/** For a value that may have several forms, returns the issues of the form that it has. */
function inItsForm(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const form = issue.errors.find((issues) =>
    issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  if (form === undefined) return [issue];
  return form.flatMap((inner) => inItsForm({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** @param listed - null when all are listed */
function sentenceOf(total: number, listed: number | null): string {
  if (listed !== null) return `${total.toLocaleString('en')} validation errors; the first ${listed} are listed.`;
  return total === 1 ? 'One field is not valid.' : `${total.toLocaleString('en')} fields are not valid.`;
}

/** Formats a path as `smartCategories[0].items[3].clipUrl`. Names with other characters are quoted and escaped. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      const text = String(step);
      const name = text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
      return /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    })
    .join('')
    .replace(/^\./, '');
}

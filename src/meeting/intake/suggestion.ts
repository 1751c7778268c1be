import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** The share of a name that may be misspelt, so that no unrelated name is suggested. */
const MISSPELT = 0.4;
/** Names that are longer are no misspelling, and comparing them would take long. */
const LONGEST = 64;

/** The known name that a misspelt one most probably means, or null. Case does not count. */
export function suggestionFor(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST || known.length === 0) return null;
  const lower = known.map((each) => each.toLowerCase());
  const nearest = closest(name.toLowerCase(), lower);
  if (distance(name.toLowerCase(), nearest) > Math.max(1, Math.floor(nearest.length * MISSPELT))) return null;
  return known[lower.indexOf(nearest)] ?? null;
}

/** The end of a sentence about an unknown name: `; did you mean "title"?`, or an empty text. */
export function didYouMean(name: string, known: readonly string[]): string {
  const suggestion = suggestionFor(name, known);
  return suggestion === null ? '' : `; did you mean "${suggestion}"?`;
}

/** The names of the fields that a schema knows at a path into its input. Empty where it has no fields. */
export function fieldsAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodObject) {
    const [step, ...rest] = path;
    const shape: Readonly<Record<PropertyKey, unknown>> = schema.shape;
    return step === undefined ? Object.keys(shape) : fieldsAt(shape[step], rest);
  }
  if (schema instanceof z.ZodArray) return fieldsAt(schema.element, path.slice(1));
  if (schema instanceof z.ZodPipe) return fieldsAt(schema.in instanceof z.ZodTransform ? schema.out : schema.in, path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => fieldsAt(option, path));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return fieldsAt(schema.unwrap(), path);
  return [];
}

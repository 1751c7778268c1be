import { z } from 'zod';
import { storable } from '../content/characters';
import { FIELD_KEY, isBuiltIn } from '../fields/meeting-field';
import { isBlank } from '../people/invisible';

/** Bounds of the values that a pipeline posts with a meeting (docs/reference.md, "Values for fields"). */
const MOST_FIELDS = 100;
const LONGEST_TEXT = 5_000;
const MOST_TEXTS = 50;

const VALUE = 'a text, a number, true or false, or a list of texts';
const clean = (text: string) => {
  const cleaned = storable(text).trim();
  return isBlank(cleaned) ? '' : cleaned;
};
const says = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    (issue.input ?? undefined) === undefined ? 'is required' : `must be ${what}`,
});

const key = z
  .string(says('a text'))
  .regex(FIELD_KEY, 'must be 1 to 64 lower-case letters, digits and underscores, the first one a letter')
  .refine((text) => !isBuiltIn(text), 'is a key of a value that every meeting has: give the field another key');

const text = z
  .string(says('a text'))
  .overwrite(clean)
  .max(LONGEST_TEXT, `must not have more than ${LONGEST_TEXT.toLocaleString('en')} characters`);
const texts = z.array(text, says('a list')).max(MOST_TEXTS, `must not have more than ${MOST_TEXTS} texts`);

/** A value for a property, as a pipeline or a person gives it. */
export const fieldValue = z.union([text, z.number(), z.boolean(), texts], says(VALUE));
const value = fieldValue.nullable().meta({
  description: `A text of up to 5,000 characters, a number, true or false, or a list of up to 50 texts; a date is YYYY-MM-DD`,
});

const quote = z
  .string(says('a text'))
  .overwrite(clean)
  .max(LONGEST_TEXT, `must not have more than ${LONGEST_TEXT.toLocaleString('en')} characters`)
  .nullish()
  .transform((given) => (given === '' ? undefined : (given ?? undefined)))
  .optional();

const field = z.strictObject(
  {
    key,
    value,
    quote,
    startSeconds: z
      .union([z.number(), z.string().overwrite(clean)], says('a number'))
      .nullish()
      .transform((given) => given ?? undefined)
      .optional(),
    confidence: z
      .number(says('a number'))
      .nullish()
      .transform((given) => given ?? undefined)
      .optional(),
  },
  says('an object'),
);

/** The values of a posted meeting. Each key occurs once, and none is a built-in one. */
export const postedFields = z
  .array(field.nullable(), says('a list'))
  .max(MOST_FIELDS, `must not have more than ${MOST_FIELDS} fields`)
  .superRefine((fields, context) => {
    const seen = new Set<string>();
    for (const [index, each] of fields.entries()) {
      if (each === null) continue;
      if (seen.has(each.key))
        context.addIssue({ code: 'custom', path: [index, 'key'], message: `occurs twice: "${each.key}"` });
      seen.add(each.key);
    }
  })
  .nullish()
  .transform((fields) => fields ?? []);

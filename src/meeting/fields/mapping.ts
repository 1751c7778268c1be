import { z } from 'zod';
import { FIELD_KEY } from './meeting-field';

/**
 * When a value replaces what HubSpot has. `if_empty`: only where HubSpot has nothing. `ours`: where HubSpot has nothing, or
 * still what was written from a meeting. `always`: in any case. `review`: once a person accepts the suggestion.
 */
export const FIELD_POLICIES = ['if_empty', 'ours', 'always', 'review'] as const;
export type FieldPolicy = (typeof FIELD_POLICIES)[number];

export const FIELD_DEALS = ['open', 'all'] as const;

const MOST_MAPPINGS = 200;
const isText = { error: 'must be a text' };

const mapping = z.strictObject(
  {
    /** A built-in key, or a key of the pipeline's fields. */
    field: z
      .string(isText)
      .regex(FIELD_KEY, 'must be 1 to 64 lower-case letters, digits and underscores, the first one a letter'),
    /** `contacts`, `companies`, `deals` or a custom object type. */
    objectType: z
      .string(isText)
      .regex(
        /^(?:contacts|companies|deals|2-\d+)$/,
        'must be contacts, companies, deals or the 2-… id of a custom object type',
      ),
    /** HubSpot's internal name of the property. */
    property: z
      .string(isText)
      .trim()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "must be HubSpot's internal name of a property, for example next_step")
      .toLowerCase(),
    policy: z.enum(FIELD_POLICIES, { error: 'must be if_empty, ours, always or review' }).default('ours'),
  },
  { error: 'must be an object with field, objectType, property and policy' },
);

export type FieldMapping = z.output<typeof mapping>;

/** The setting `fieldMappings`. A property of a type takes one field: with two, the last write would win by chance. */
export const fieldMappings = z
  .array(mapping, { error: 'must be a list' })
  .max(MOST_MAPPINGS, `must not have more than ${MOST_MAPPINGS} mappings`)
  .superRefine((mappings, context) => {
    const seen = new Set<string>();
    for (const [index, { objectType, property }] of mappings.entries()) {
      const target = `${objectType}/${property}`;
      if (seen.has(target))
        context.addIssue({ code: 'custom', path: [index, 'property'], message: `is mapped twice: ${target}` });
      seen.add(target);
    }
  });

/** The mappings that write a field to a property where the settings did not write it before. */
export function addedMappings(before: readonly FieldMapping[], after: readonly FieldMapping[]): FieldMapping[] {
  const keyOf = ({ field, objectType, property }: FieldMapping) => `${field}>${objectType}/${property}`;
  const known = new Set(before.map(keyOf));
  return after.filter((each) => !known.has(keyOf(each)));
}

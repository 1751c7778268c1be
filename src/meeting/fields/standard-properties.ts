import { BUILT_IN_KEYS, type BuiltInKey } from './meeting-field';
import type { PropertyDefinition } from './property';

/** The group of properties that the product makes in HubSpot. */
export const STANDARD_GROUP = { name: 'meeting_sync', label: 'Meeting sync' } as const;

/** The object types that get the standard properties. */
export const STANDARD_OBJECT_TYPES = ['contacts', 'companies', 'deals'] as const;

/** A property for a built-in key, as HubSpot creates it. */
export interface StandardProperty {
  readonly field: BuiltInKey;
  readonly name: string;
  readonly label: string;
  readonly type: 'string' | 'number' | 'datetime';
  readonly fieldType: 'text' | 'textarea' | 'number' | 'date';
  readonly description: string;
}

const TEXT = { type: 'string', fieldType: 'text' } as const;
/** Lists have a line each. */
const LONG_TEXT = { type: 'string', fieldType: 'textarea' } as const;

const DETAILS: Readonly<Record<BuiltInKey, Omit<StandardProperty, 'field' | 'name'>>> = {
  ai_score: { label: 'Meeting AI score', type: 'number', fieldType: 'number', description: 'AI score of the meeting' },
  ai_score_label: { label: 'Meeting AI score, in words', ...TEXT, description: 'What the AI score means' },
  overview: { label: 'Meeting overview', ...LONG_TEXT, description: 'The meeting in a few sentences' },
  topics: { label: 'Meeting topics', ...LONG_TEXT, description: 'What was talked about, one topic per line' },
  next_step: { label: 'Next step from meeting', ...LONG_TEXT, description: 'The first next step of the meeting' },
  next_steps: { label: 'Next steps from meeting', ...LONG_TEXT, description: 'All next steps, one per line' },
  last_meeting_at: {
    label: 'Last recorded meeting',
    type: 'datetime',
    fieldType: 'date',
    description: 'When the newest recorded meeting began',
  },
  last_meeting_title: { label: 'Last recorded meeting title', ...TEXT, description: 'Title of the newest meeting' },
  last_meeting_host: { label: 'Last recorded meeting host', ...TEXT, description: 'E-mail address of its host' },
  last_recording_url: { label: 'Last meeting recording', ...TEXT, description: 'Address of the newest recording' },
};

/** One property for each built-in key. The prefix keeps them apart from properties of the account. */
export const STANDARD_PROPERTIES: readonly StandardProperty[] = BUILT_IN_KEYS.map((field) => ({
  field,
  name: `${STANDARD_GROUP.name}_${field}`,
  ...DETAILS[field],
}));

/**
 * `created`: by this call. `exists`: it was there before. `archived`: a person archived it. `other_type`: HubSpot has a
 * property of this name with another type. `refused`: HubSpot did not allow it.
 */
export const STANDARD_PROPERTY_STATES = ['created', 'exists', 'archived', 'other_type', 'refused'] as const;

/** What became of a standard property of an object type. */
export type StandardPropertyStatus = {
  readonly objectType: string;
  readonly field: BuiltInKey;
  readonly property: string;
  readonly label: string;
  readonly type: StandardProperty['type'];
  readonly state: (typeof STANDARD_PROPERTY_STATES)[number];
  /** Why it is not as it should be, and what to do; null for `created` and `exists`. */
  readonly message: string | null;
};

/** All standard properties of the account, and how many of them this call made. */
export type StandardPropertiesDocument = {
  readonly group: string;
  readonly created: number;
  readonly properties: readonly StandardPropertyStatus[];
};

/** What an account has: the properties of an object type, and the names of those that a person archived. */
export interface KnownDefinitions {
  readonly live: readonly PropertyDefinition[];
  readonly archived: ReadonlySet<string>;
}

/**
 * Decides whether a standard property has to be created. What exists or was archived is never changed.
 *
 * @returns null if it has to be created
 */
export function presentState(
  { name, type }: StandardProperty,
  { live, archived }: KnownDefinitions,
): Pick<StandardPropertyStatus, 'state' | 'message'> | null {
  const found = live.find((each) => each.name === name);
  if (found === undefined) {
    const message = 'It is archived in HubSpot, and stays so. Restore it there to use it.';
    return archived.has(name) ? { state: 'archived', message } : null;
  }
  if (found.type === type) return { state: 'exists', message: null };
  const message = `HubSpot has a property of this name with the type ${found.type}, not ${type}. It stays as it is.`;
  return { state: 'other_type', message };
}

import { message, t } from '../../../../languages/text';
import { fieldMappings, FIELD_POLICIES, type FieldPolicy } from '../../../../meeting/fields/mapping';
import { BUILT_IN_KEYS, isBuiltIn, type BuiltInKey } from '../../../../meeting/fields/meeting-field';
import { kindOf } from '../../layout/status-words';
import { takesSeveral, type PropertyDefinition } from '../../../../meeting/fields/property';

const FIELDS: Readonly<Record<BuiltInKey, string>> = {
  ai_score: message('AI score'),
  ai_score_label: message('AI score, in words'),
  overview: message('Overview'),
  topics: message('Topics'),
  next_step: message('First next step'),
  next_steps: message('All next steps'),
  last_meeting_at: message('Time of the meeting'),
  last_meeting_title: message('Title of the meeting'),
  last_meeting_host: message('Host of the meeting'),
  last_recording_url: message('Address of the recording'),
};

const POLICIES: Readonly<Record<FieldPolicy, { readonly label: string; readonly sentence: string }>> = {
  if_empty: {
    label: message('Only if empty'),
    sentence: message('Writes where HubSpot has nothing, and never replaces a value.'),
  },
  ours: {
    label: message('Keep what people enter'),
    sentence: message('Writes where HubSpot has nothing, or still the value of an earlier meeting.'),
  },
  always: {
    label: message('Always replace'),
    sentence: message('Replaces any value, also one that a person entered.'),
  },
  review: {
    label: message('Ask first'),
    sentence: message('Suggests the value, and writes it once a person accepts it.'),
  },
};

const TYPES: Readonly<Record<string, string>> = {
  string: message('text'),
  phone_number: message('phone number'),
  number: message('number'),
  bool: message('yes or no'),
  date: message('date'),
  datetime: message('date and time'),
};

/** An option of a list on the page. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The name of a field: in words for what every meeting has, otherwise the pipeline's key. */
export function fieldWords(key: string): string {
  return isBuiltIn(key) ? t(FIELDS[key]) : key;
}

/** Every meeting's own values first, then the keys of the pipeline. */
export function fieldChoices(seen: Iterable<string>): Choice[] {
  const own = [...new Set(seen)].filter((key) => !isBuiltIn(key));
  return [...BUILT_IN_KEYS, ...own].map((value) => ({ value, label: fieldWords(value) }));
}

/** The policies with a sentence on each. */
export function policyChoices(): (Choice & { readonly sentence: string })[] {
  return FIELD_POLICIES.map((value) => ({
    value,
    label: t(POLICIES[value].label),
    sentence: t(POLICIES[value].sentence),
  }));
}

const DEALS: Readonly<Record<string, string>> = { open: message('Open deals only'), all: message('All deals') };

/** The setting `fieldDeals` in words; an unknown value as it is. */
export function dealsWords(value: string): string {
  const known = DEALS[value];
  return known === undefined ? value : t(known);
}

/** The mappings as a line, for the list of changes. */
export function mappingsWords(value: unknown): string {
  const { data: mappings } = fieldMappings.safeParse(value);
  if (mappings === undefined) return JSON.stringify(value);
  if (mappings.length === 0) return t('none');
  return mappings
    .map(
      ({ field, objectType, property, policy }) =>
        `${fieldWords(field)} → ${kindOf(objectType)} · ${property} (${t(POLICIES[policy].label)})`,
    )
    .join(', ');
}

/** More options would make the line hard to read. */
const OPTIONS_SHOWN = 6;

/** What a property takes: `number`, or `one of New, Open, In progress`. */
export function typeWords(property: Pick<PropertyDefinition, 'type' | 'fieldType' | 'options'>): string {
  const { type, options } = property;
  if (type !== 'enumeration') {
    const known = TYPES[type];
    return known === undefined ? type : t(known);
  }
  const more = options.length > OPTIONS_SHOWN ? ', …' : '';
  const names = `${options
    .slice(0, OPTIONS_SHOWN)
    .map(({ label }) => label)
    .join(', ')}${more}`;
  return takesSeveral(property) ? t('any of {names}', { names }) : t('one of {names}', { names });
}

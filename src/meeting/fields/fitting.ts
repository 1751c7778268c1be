import { isBuiltIn, type BuiltInKey, type FieldValue } from './meeting-field';
import type { PropertyDefinition } from './property';
import { toProperty } from './to-property';

/** An example of each built-in value, for a workspace without meetings. */
const EXAMPLES: Readonly<Record<BuiltInKey, FieldValue>> = {
  ai_score: 7.5,
  ai_score_label: 'Strong interest',
  overview: 'They compare two offers.',
  topics: ['Budget and offers'],
  next_step: 'Send the offer',
  next_steps: 'Send the offer\nBook a demo',
  last_meeting_at: '2026-11-06T10:00:00Z',
  last_meeting_title: 'Product demo',
  last_meeting_host: 'ana.ruiz@northwind.example',
  last_recording_url: 'https://app.northwind.example/meetings/1',
};

/** The types of properties that values can be written to. */
const TYPES = new Set(['string', 'phone_number', 'number', 'bool', 'date', 'datetime', 'enumeration']);

/**
 * The properties that take values of a field: those that take at least one of the seen values or an example. For a field
 * of the pipeline that no meeting has had yet, all that can be written.
 *
 * @param seen - values of the field in meetings
 */
export function fittingProperties(
  field: string,
  seen: readonly FieldValue[],
  properties: readonly PropertyDefinition[],
): PropertyDefinition[] {
  const values = isBuiltIn(field) ? [...seen, EXAMPLES[field]] : seen;
  return properties.filter((property) => {
    const { type, options, writable } = property;
    if (!writable || !TYPES.has(type) || (type === 'enumeration' && options.length === 0)) return false;
    return values.length === 0 || values.some((value) => 'fits' in toProperty(value, property));
  });
}

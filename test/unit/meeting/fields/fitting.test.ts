import { expect, test } from '@jest/globals';
import { fittingProperties } from '../../../../src/meeting/fields/fitting';
import type { FieldValue } from '../../../../src/meeting/fields/meeting-field';
import type { PropertyDefinition } from '../../../../src/meeting/fields/property';

const property = (name: string, type: string, change: Partial<PropertyDefinition> = {}): PropertyDefinition => ({
  name,
  label: name,
  type,
  fieldType: 'text',
  options: [],
  writable: true,
  ...change,
});
const LEVELS = [{ value: 'HIGH', label: 'High' }];
const ALL = [
  property('text', 'string'),
  property('number', 'number'),
  property('day', 'date'),
  property('time', 'datetime'),
  property('yes', 'bool'),
  property('level', 'enumeration', { fieldType: 'select', options: LEVELS }),
  property('owner', 'enumeration', { fieldType: 'select' }),
  property('computed', 'string', { writable: false }),
  property('later', 'json'),
];

test.each<[string, readonly FieldValue[], readonly string[]]>([
  ['ai_score', [], ['text', 'number']],
  ['overview', [], ['text']],
  ['last_meeting_at', [], ['text', 'day', 'time']],
  ['ai_score_label', [], ['text']],
  ['ai_score_label', ['high'], ['text', 'level']],
  ['budget', ['40000'], ['text', 'number']],
  ['level', ['low', 'high'], ['text', 'level']],
  ['won', [true], ['text', 'yes']],
  ['never_seen', [], ['text', 'number', 'day', 'time', 'yes', 'level']],
])('%s with the values %j goes into %j', (field, seen, expected) => {
  expect(fittingProperties(field, seen, ALL).map(({ name }) => name)).toEqual(expected);
});

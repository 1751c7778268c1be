import { readLine } from '../../src/http/api/backfill-upload';
import { meeting } from './meetings';

/** What is wrong with lines of a file of meetings: a message of each kind. */
export function sampleLineErrors(): string[] {
  const bodies = [{}, ...CHANGES.map((change) => ({ ...meeting({ meetingId: 'm' }), ...change }))];
  const texts = [...bodies.map((body) => JSON.stringify(body)), '{', null];
  const lines = [...texts.map((text) => readLine({ line: 1, text })), readLine({ line: 1, text: '', notUtf8: true })];
  return [...new Set(lines.flatMap((line) => ('errors' in line ? line.errors.map(({ message }) => message) : [])))];
}

const times = (count: number, entry: object) => Array.from({ length: count }, () => entry);
const item = { kind: 'note', text: 'x' };

const CHANGES: readonly object[] = [
  { meetingId: 5, title: {}, private: 'x', host: 5, participants: {} },
  { meetingId: 'a b', recordingUrl: 'ftp://x.example' },
  { meetingId: '..', recordingUrl: '' },
  { recordingUrl: `https://x.example/${'x'.repeat(2_000)}` },
  { titel: 'x' },
  { zzzz: 'x' },
  Object.fromEntries(Array.from({ length: 22 }, (_, index) => [`zzzz${index}`, 1])),
  Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`zzzz${index}`, 1])),
  { participants: times(201, {}) },
  { summary: { topics: times(51, {}), nextSteps: times(51, {}), aiScore: { value: {} } } },
  { smartCategories: times(2_001, {}) },
  { smartCategories: [{ items: times(2_001, item) }] },
  { smartCategories: times(2, { items: times(1_001, item) }) },
  { smartCategories: [{ items: [{ kind: 'x' }] }] },
  { fields: [{ key: 'A' }, { key: 'b', value: {} }, { key: 'overview', value: 1 }] },
  { fields: times(2, { key: 'b', value: 1 }) },
  { fields: times(101, { key: 'b', value: 1 }) },
  { fields: [{ key: 'b', value: Array.from({ length: 51 }, () => 'x') }] },
  { startedAt: 'x', host: {} },
];

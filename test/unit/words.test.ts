import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = path.resolve(__dirname, '../..');
const SELF = 'test/unit/words.test.ts';

/** Where the words are checked: comments, texts and identifiers alike. */
const COVERED = ['src', 'sandbox', 'bench', 'scripts', 'test'];

/** The sandbox and tests inject faults into connections and responses, so the word is right there. */
const WITH_INJECTED_FAULTS = [
  'test/support',
  'test/chaos',
  'test/integration',
  'test/e2e',
  'test/unit/chaos',
  'bench',
  'sandbox',
];

/** Words that readers have to translate, with the term to use instead (docs/glossary.md). */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:told|tells?|telling)\b/i, 'say who "reports", "returns", "shows" or "stores" what'],
  [/\b(?:stands|standing|stood)\b/i, '"is", "exists", "is part of" or "current"'],
  [/\bstand(?:s|ing)? back\b/i, '"give way" or "wait"'],
  [/\bsaid\b/i, '"message" for a text; "reported" or "returned" for an event'],
  [/\bwhatever\b/i, '"any", "all" or "regardless of"'],
  [/\b(?:nobody|somebody|everybody)\b/i, '"no one", "a person", or name who it is'],
  [/\bwhoever\b/i, 'name who it is: "the caller", "the person who …"'],
  [/\banew\b/i, '"again"'],
  [/\bwhose turn\b/i, '"the next"'],
  [
    /\b(?:rests|resting|rested|at rest)\b|\b(?:come|comes|came|coming) to rest\b/i,
    '"ended", "finished" or "is waiting"',
  ],
  [/\b(?:park|parks|parked|parking)\b/i, '"needs attention"'],
  [/\bheld\b/i, '"waiting", "locked" or "kept"'],
  [/\bwish(?:es)?\b/i, '"request"'],
  [/\bnewcomers?\b/i, '"late match"'],
  [/(?<!Kiko )\bbeats?\b/i, '"heartbeat"'],
  [/\bby (?:itself|themselves)\b/i, '"automatically" or "alone"'],
  [/\bwork(?:s|ed|ing)? off\b/i, '"process"'],
];

const FAULT = [
  /\bfault(?:s|y)?\b/i,
  '"validation error", "internal error" or "invalid"; only the sandbox injects faults',
] as const;

/** Names that must not change: fields of the API, columns, metrics and names of Temporal. */
const FIXED_NAMES =
  /\b(?:told_at|faults|fault|faulty|faulty_lines|faultyLines|listErrors|FaultyLine|held|said|meetings_parked|SyncParked)\b(?=['"]?\s*(?:[,.:;=<>+{})(\]!?&|[-]|as\b|is\b|from\b|$))|\/faults'/g;

/** Statements of released migrations and lists of mailboxes stay as they are: only their comments are checked. */
const ONLY_COMMENTS = /\/migrations\/|\/people\/shared-mailboxes[.]ts$/;

function problemsIn(file: string): string[] {
  const allowsFaults = WITH_INJECTED_FAULTS.some((folder) => file.startsWith(`${folder}/`));
  const words = allowsFaults ? WORDS : [...WORDS, FAULT];
  return readFileSync(path.join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (ONLY_COMMENTS.test(file) && !isComment(line)) return [];
      const plain = readable(line);
      return words.flatMap(([word, better]) => {
        const found = word.exec(plain)?.[0];
        return found === undefined ? [] : [`${file}:${index + 1}: "${found}", better ${better}`];
      });
    });
}

function isComment(line: string): boolean {
  return /^\s*(?:\/\/|\/?\*|--)/.test(line);
}

/** A line as words: splits identifiers, and drops fixed names, e-mail addresses and code in comments. */
function readable(line: string): string {
  const own = isComment(line) ? line.replaceAll(/`[^`]*`/g, '') : line.replaceAll(FIXED_NAMES, '');
  return own
    .replaceAll(/\S+@\S+/g, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ');
}

test('comments, texts and identifiers use the words of the glossary', () => {
  const files = COVERED.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,mjs,cjs,eta}`, { cwd: ROOT }))
    .filter((file) => file !== SELF)
    .toSorted();
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(problemsIn)).toEqual([]);
});

test.each([
  ['// HubSpot told us', 1],
  ['const toldAt = 0;', 1],
  ['// The portal is parked until somebody comes.', 2],
  ['  readonly held: SyncReason | null;', 0],
  ['// Since `told_at`.', 0],
  ['// HubSpot reports that the account is connected.', 0],
])('%j has %i private words', (line, count) => {
  expect(WORDS.filter(([word]) => word.test(readable(line)))).toHaveLength(count);
});

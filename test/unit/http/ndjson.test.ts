import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ndjsonLines, type NdjsonLine } from '../../../src/http/plumbing/ndjson';

async function linesOf(chunks: readonly Uint8Array[], longest = 1_000): Promise<NdjsonLine[]> {
  async function* body() {
    yield* chunks;
    await Promise.resolve();
  }
  const lines: NdjsonLine[] = [];
  for await (const line of ndjsonLines(body(), longest)) lines.push(line);
  return lines;
}

test('The lines are those of the file, however the body is cut into chunks', async () => {
  const line = fc.oneof(fc.constantFrom('', ' ', '{"a":"é🎉"}', '{}\r'), fc.string({ unit: 'grapheme' }));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat({ max: 40 })), fc.boolean(), async (texts, cuts, ends) => {
      const file = texts.map((text) => text.replaceAll(/[\n\uFEFF]/g, '')).join('\n') + (ends ? '\n' : '');
      const bytes = Buffer.from(file);
      const places = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].toSorted((a, b) => a - b);
      const chunks = [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
      const expected = file
        .split('\n')
        .map((text, index) => ({ line: index + 1, text: Buffer.from(text).toString().trim() }))
        .filter(({ text }) => text !== '');
      expect(await linesOf(chunks)).toEqual(expected);
    }),
  );
});

test('A line that is too long is skipped, and the next ones keep their numbers', async () => {
  const file = Buffer.from(`first\n${'x'.repeat(11)}\n${'y'.repeat(10)}\n\nlast`);
  const chunks = [file.subarray(0, 9), file.subarray(9, 15), file.subarray(15)];
  expect(await linesOf(chunks, 10)).toEqual([
    { line: 1, text: 'first' },
    { line: 2, text: null },
    { line: 3, text: 'y'.repeat(10) },
    { line: 5, text: 'last' },
  ]);
});

test('A byte order mark is not part of the first line', async () => {
  expect(await linesOf([Buffer.from('\uFEFF{}\r\n')])).toEqual([{ line: 1, text: '{}' }]);
});

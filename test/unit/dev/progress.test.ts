import { expect, test } from '@jest/globals';
import { linesTo } from '../../../src/dev/progress';

test('marks the step that failed, and not those that were abandoned because of it', async () => {
  const lines: string[] = [];
  const progress = linesTo((line) => lines.push(line));
  const fail = async (title: string) =>
    await progress.step(title, () => Promise.reject(new Error(title))).catch((error: unknown) => String(error));
  await progress.step('PostgreSQL', () => Promise.resolve());
  await fail('Temporal server');
  await fail('Workflow bundle');
  expect(lines.map((line) => line.replace(/\d+\.\d s/, 'n s'))).toEqual([
    '✓ PostgreSQL (n s)',
    '✗ Temporal server (n s)',
  ]);
});

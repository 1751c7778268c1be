import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = path.resolve(__dirname, '../..');
const MOST_FILES = 20;

test('no folder of src and sandbox has more than twenty files', () => {
  const files = globSync('{src,sandbox}/**/*.{ts,eta}', { cwd: ROOT });
  const counts = Map.groupBy(files, (file) => path.dirname(file));
  expect(counts.size).toBeGreaterThan(50);
  expect([...counts].filter(([, inside]) => inside.length > MOST_FILES).map(([folder]) => folder)).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = path.resolve(__dirname, '../../..');
const VIEWS = path.join(ROOT, 'src/http/pages/views');
const view = readFileSync(path.join(VIEWS, 'shell/icon.eta'), 'utf8');

test('the icons are those of the package: run `npm run icons`', () => {
  const script = "import('./scripts/icons.mjs').then(({ iconView }) => process.stdout.write(iconView()))";
  expect(view).toBe(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
});

test('every icon that a page names is there', () => {
  const there = [...view.matchAll(/^ {2}(\w+): '/gm)].map(([, name]) => name);
  const texts = globSync('**/*.eta', { cwd: VIEWS }).map((file) => readFileSync(path.join(VIEWS, file), 'utf8'));
  const used = texts.flatMap((text) => [...text.matchAll(/icon', \{ name: ([^}]+) \}/g)].map(([, name = '']) => name));
  const names = new Set(used.flatMap((name) => [...name.matchAll(/'(\w+)'(?! \?)/g)].map(([, each = '']) => each)));
  for (const name of names) expect(there).toContain(name);
});

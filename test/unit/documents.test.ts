import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { reasons } from '../../src/meeting/reasons';
import { settingNames } from '../../src/meeting/settings';

const ROOT = join(__dirname, '../..');
const DOCUMENTS = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

/** A link's target, without what is inside code blocks. */
function linksIn(document: string): string[] {
  const prose = readFileSync(join(ROOT, document), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(({ groups }) => groups?.['target'] ?? '');
}

/** Anchors as GitHub makes them of headings, and those that a document sets itself. */
function anchorsIn(file: string): Set<string> {
  const text = readFileSync(file, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  const headings = [...text.matchAll(/^#{1,6} (?<heading>.+)$/gm)].map(({ groups }) =>
    (groups?.['heading'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([
    ...headings,
    ...[...text.matchAll(/<a id="(?<id>[^"]+)">/g)].map(({ groups }) => groups?.['id'] ?? ''),
  ]);
}

/** Why a link leads nowhere, or null. */
function problemOf(document: string, link: string): string | null {
  if (/^[a-z]+:/.test(link)) return null;
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? join(ROOT, document) : join(ROOT, dirname(document), path);
  if (!existsSync(file)) return `${link}: there is no ${relative(ROOT, file)}`;
  if (anchor === undefined || !file.endsWith('.md')) return null;
  return anchorsIn(file).has(anchor) ? null : `${link}: ${relative(ROOT, file)} has no such heading`;
}

test.each(DOCUMENTS)('%s has no broken links', (document) => {
  expect(linksIn(document).flatMap((link) => problemOf(document, link) ?? [])).toEqual([]);
});

test.each(DOCUMENTS)('%s names a file as it links to it', (document) => {
  const prose = readFileSync(join(ROOT, document), 'utf8');
  const links = [...prose.matchAll(/\[`?(?<name>[\w./-]+\.(?:tsx?|md|ya?ml|json))`?\]\((?<target>[^)\s#]+)[^)]*\)/g)];
  const others = links.filter(
    ({ groups }) => !join(dirname(document), groups?.['target'] ?? '').endsWith(groups?.['name'] ?? ''),
  );
  expect(others.map(([link]) => link)).toEqual([]);
});

test.each(DOCUMENTS)('%s names functions of the files that it links to', (document) => {
  const prose = readFileSync(join(ROOT, document), 'utf8');
  const named = [
    ...prose.matchAll(/`(?<name>[#A-Za-z_]+)` (?:in|of) \[[^\]]+\]\((?<target>[^)\s#]+\.ts)\)/g),
    ...prose.matchAll(/\]\((?<target>[^)\s#]+\.ts)\), `(?<name>#?[a-z]\w*[A-Z]\w*)`:/g),
  ];
  const missing = named.filter(
    ({ groups }) =>
      !readFileSync(join(ROOT, dirname(document), groups?.['target'] ?? ''), 'utf8').includes(groups?.['name'] ?? ''),
  );
  expect(missing.map(([text]) => text)).toEqual([]);
});

test('code and configuration refer to documents of the repository only', () => {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs', '*.cjs', '*.yml', '*.eta', 'Dockerfile'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const missing = files
    .trim()
    .split('\n')
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
        .filter(([document]) => !existsSync(join(ROOT, document)))
        .map(([document]) => `${file}: ${document}`),
    );
  expect(missing).toEqual([]);
});

test('the reference has a row for every setting and every reason code, and for no other', () => {
  const reference = readFileSync(join(ROOT, 'docs/reference.md'), 'utf8');
  expect(firstColumn(reference, 'Settings')).toEqual([...settingNames].toSorted());
  expect(firstColumn(reference, 'Reason codes')).toEqual(Object.keys(reasons).toSorted());
});

test('the configuration names every variable of src/config.ts', () => {
  const variables = readFileSync(join(ROOT, 'src/config.ts'), 'utf8').match(/^ {2}[A-Z][A-Z0-9_]+(?=:)/gm) ?? [];
  const documented = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
  const missing = variables.map((name) => name.trim()).filter((name) => !documented.includes(name));
  expect(missing.filter((name) => !name.startsWith('OTEL_'))).toEqual([]);
});

/** What the rows of a section's tables begin with, in alphabetical order. */
function firstColumn(document: string, heading: string): string[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [body = ''] = section.split('\n## ');
  return [...body.matchAll(/^\| `(?<name>\w+)`/gm)].map(({ groups }) => groups?.['name'] ?? '').toSorted();
}

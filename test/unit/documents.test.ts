import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

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

test.each(DOCUMENTS)('the links of %s lead somewhere', (document) => {
  expect(linksIn(document).flatMap((link) => problemOf(document, link) ?? [])).toEqual([]);
});

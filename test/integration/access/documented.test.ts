import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AccessRule } from '../../../src/http/plumbing/access-rules';
import { startHttpStack, type HttpStack } from '../http/support';

const FILE = 'docs/security.md';
const MARKED = /(?<=<!-- access-rules -->\n)[\s\S]*(?=<!-- \/access-rules -->)/;

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(() => stack.close());

/** One item for each rule, with its routes. Assets are one route. */
function listOf(title: string, rules: readonly AccessRule[]): string {
  const byRule = Map.groupBy(rules, ({ access }) =>
    [access]
      .flat()
      .map((each) => `\`${each}\``)
      .join(' or '),
  );
  const items = [...byRule]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([rule, routes]) => {
      const names = routes.map(({ method, url }) => `\`${method} ${url}\``);
      return `- ${rule}: ${[...new Set(names)].toSorted().join(', ')}`;
    });
  return `\n**${title}**\n\n${items.join('\n')}\n`;
}

/** Run with WRITE_ACCESS_RULES=1 to write the list. */
test('The document lists the access rule of every route', () => {
  const shown = stack.app.accessRules
    .filter(({ url, method }) => !(url.startsWith('/assets/') || method === 'HEAD'))
    .map((rule) => ({ ...rule, url: rule.url.replaceAll(/:(\w+)/g, '{$1}') }));
  const isApi = ({ url }: AccessRule) => url.startsWith('/api/v1/');
  const api = shown.filter(isApi).map((rule) => ({ ...rule, url: rule.url.replace('/api/v1', '') }));
  const text = `${listOf('API, below `/api/v1`', api)}${listOf(
    'Pages and others',
    shown.filter((rule) => !isApi(rule)),
  )}\n`;
  const document = readFileSync(FILE, 'utf8');
  if (process.env['WRITE_ACCESS_RULES'] !== undefined) writeFileSync(FILE, document.replace(MARKED, text));
  else expect(MARKED.exec(document)?.[0]).toBe(text);
});

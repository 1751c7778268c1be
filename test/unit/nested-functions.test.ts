import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';

const ROOT = path.resolve(__dirname, '../..');
const MOST_NESTED = 2;

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
]);

/** The number of named functions directly inside of each function of a syntax tree. Callbacks have no name. */
function nestedIn(tree: unknown): number[] {
  const counts: number[] = [];
  visit(tree, null, false);
  return counts;

  function visit(value: unknown, owner: number | null, named: boolean): void {
    if (typeof value !== 'object' || value === null) return;
    const type = 'type' in value && typeof value.type === 'string' ? value.type : null;
    const isFunction = type !== null && FUNCTIONS.has(type);
    if (isFunction && owner !== null && (named || type === 'FunctionDeclaration'))
      counts[owner] = (counts[owner] ?? 0) + 1;
    const inside = isFunction ? counts.push(0) - 1 : owner;
    // A list or an untyped part of a node belongs to the node around it.
    const names = type === null ? named : type === 'VariableDeclarator';
    for (const each of Object.values(value)) visit(each, inside, names);
  }
}

const nestedInSource = (source: string) => nestedIn(parseSync(source, { syntax: 'typescript' }).body);

test.each([
  ['function a() { function b() {} const c = () => 1; }', [2, 0, 0]],
  ['function a() { return [1].map((x) => x); }', [0, 0]],
  ['class A { b() { const c = async function () { function d() {} }; } }', [1, 1, 0]],
])('counts the named functions inside of each function of %s', (source, counts) => {
  expect(nestedInSource(source)).toEqual(counts);
});

test('a function of src and sandbox has at most two named functions inside', () => {
  const files = globSync('{src,sandbox}/**/*.ts', { cwd: ROOT });
  const over = files.filter((file) =>
    nestedInSource(readFileSync(path.join(ROOT, file), 'utf8')).some((count) => count > MOST_NESTED),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(over).toEqual([]);
});

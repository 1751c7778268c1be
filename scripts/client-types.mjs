// Prints the types of the client's documents, for the OpenAPI document on stdin. `npm run client-types` writes them to
// packages/client/src/documents.ts.
import { text } from 'node:stream/consumers';
import { compile } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';

const FILE = new URL('../packages/client/src/documents.ts', import.meta.url);
const BANNER = '/* Generated from the OpenAPI document of the API by `npm run client-types`. */';

const { components } = JSON.parse(await text(process.stdin));
// An input has a name of its own only where the output differs.
const nameOf = (name) =>
  Object.hasOwn(components.schemas, name.replace(/Input$/, '')) ? name : name.replace(/Input$/, '');
const definitions = Object.fromEntries(
  Object.entries(components.schemas).map(([name, schema]) => [nameOf(name), withoutBounds(schema)]),
);
const references = Object.keys(definitions).map((name) => [name, { $ref: `#/definitions/${name}` }]);
const schema = {
  type: 'object',
  description: 'All documents by name.',
  additionalProperties: false,
  required: Object.keys(definitions),
  properties: Object.fromEntries(references),
  definitions,
};
const types = await compile(schema, 'Documents', {
  additionalProperties: false,
  bannerComment: BANNER,
  format: false,
});
process.stdout.write(await format(types, { ...(await resolveConfig(FILE)), parser: 'typescript' }));

/** Bounds of lists would become tuples and comments. */
function withoutBounds(node) {
  if (Array.isArray(node)) return node.map(withoutBounds);
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.$ref === 'string') return { $ref: `#/definitions/${nameOf(node.$ref.split('/').at(-1))}` };
  const { minItems: _least, maxItems: _most, ...rest } = node;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withoutBounds(value)]));
}

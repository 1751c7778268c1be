import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { openApiDocument, type OpenApiDocument } from '../../../src/http/api/openapi/document';
import { exampleOf } from '../../../src/http/api/openapi/example';
import { postedMeetingSchema } from '../../../src/meeting/intake/schema';
import { settingsPatchSchema } from '../../../src/meeting/settings';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
let document: OpenApiDocument;
beforeAll(async () => {
  stack = await startHttpStack();
  document = openApiDocument.parse((await stack.app.inject({ url: '/api/openapi.json' })).json());
});
afterAll(() => stack.close());

const node = z.record(z.string(), z.unknown());
const nodeOf = (value: unknown) => node.safeParse(value).data ?? {};

/** The fields and parameters below a part of the document whose values no example shows. */
function withoutExample(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => withoutExample(each, path));
  const found = nodeOf(value);
  if ('in' in found && 'schema' in found)
    return isShown(found) || isShown(nodeOf(found['schema'])) ? [] : [`${path}?${String(found['name'])}`];
  return Object.entries(found).flatMap(([key, below]) => {
    if (['examples', 'example', 'default', 'enum'].includes(key)) return [];
    if (key !== 'properties') return withoutExample(below, `${path}/${key}`);
    return Object.entries(nodeOf(below)).flatMap(([name, field]) => [
      ...(isShown(nodeOf(field)) ? [] : [`${path}.${name}`]),
      ...withoutExample(field, `${path}.${name}`),
    ]);
  });
}

/** Whether a value has an example, is one of a few, or consists of fields that have examples. */
function isShown(field: Readonly<Record<string, unknown>>): boolean {
  const says = ['example', 'examples', 'default', 'enum', 'const', '$ref', 'properties'].some((key) => key in field);
  const forms = Array.isArray(field['anyOf']) ? field['anyOf'].map(nodeOf) : [];
  const items = nodeOf(field['items']);
  return (
    says ||
    ['boolean', 'null'].includes(String(field['type'])) ||
    ('items' in field && isShown(items)) ||
    forms.some((form) => form['type'] !== 'null' && isShown(form))
  );
}

test('every field and parameter of the API has an example', async () => {
  const whole: unknown = (await stack.app.inject({ url: '/api/openapi.json' })).json();
  expect(withoutExample(whole, '')).toEqual([]);
});

test('the examples can be sent', () => {
  const { schemas } = document.components;
  const { ProcessedMeetingInput: input = {}, Settings: settings = {} } = schemas;
  expect(postedMeetingSchema.safeParse(exampleOf(input, schemas))).toMatchObject({
    success: true,
    data: { warnings: [] },
  });
  expect(settingsPatchSchema.safeParse(exampleOf(settings, schemas))).toMatchObject({ success: true });
});

test('the page shows every call and document without a script, under the strict policy of all pages', async () => {
  const page = await stack.app.inject({ url: '/api/docs' });
  expect(page.statusCode).toBe(200);
  const problems = await stack.app.inject({ url: '/api/problems' });
  expect(page.headers['content-security-policy']).toBe(problems.headers['content-security-policy']);
  expect(page.body).not.toMatch(/<script|style=/);
  expect(page.body).toMatch('<h2>Quickstart</h2>');
  expect(page.body).toMatch(/href="[^"]*\/api\/openapi\.json" download/);
  for (const path of Object.keys(document.paths)) expect(page.body).toMatch(`<code>${path}</code>`);
  const ids = [...page.body.matchAll(/ id="(?<id>[^"]+)"/g)].map(({ groups }) => groups?.['id']);
  expect(ids.length).toBe(new Set(ids).size);
  for (const [, target = ''] of page.body.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});

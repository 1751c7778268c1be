import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { startHttpStack } from './support';

const ROOT = path.resolve(__dirname, '../../..');
const FILE = path.join(ROOT, 'packages/client/src/documents.ts');

/** After a change of the API, `npm run client-types` writes the file. */
test("the client's types are those of the API's documents", async () => {
  const stack = await startHttpStack();
  const { body } = await stack.app.inject({ url: '/api/openapi.json' });
  await stack.close();
  const types = execFileSync(process.execPath, [path.join(ROOT, 'scripts/client-types.mjs')], {
    input: body,
    encoding: 'utf8',
  });
  if (process.env['WRITE_CLIENT_TYPES']) writeFileSync(FILE, types);
  expect(readFileSync(FILE, 'utf8')).toBe(types);
});

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

const ROOT = path.resolve(__dirname, '../../..');
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');
const run = promisify(execFile);

let stack: HttpStack;
let url: string;
/** An empty project of a caller, with the packed package installed. */
let project: string;
/** The names of the files in the package. */
let packed: string[];

beforeAll(async () => {
  stack = await startHttpStack();
  url = await stack.app.listen({ host: '127.0.0.1', port: 0 });
  project = mkdtempSync(path.join(tmpdir(), 'caller-'));
  // A copy is packed, because packing compiles.
  const source = path.join(project, 'source');
  for (const name of ['packages/client', 'tsconfig.json'])
    cpSync(path.join(ROOT, name), path.join(source, name), { recursive: true });
  rmSync(path.join(source, 'packages/client/dist'), { recursive: true, force: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(source, 'node_modules'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: path.join(source, 'packages/client'),
  });
  const packs = z
    .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
    .parse(JSON.parse(stdout.slice(stdout.indexOf('['))));
  packed = packs.flatMap(({ files }) => files.map((file) => file.path));
  writeFileSync(path.join(project, 'package.json'), '{ "name": "caller", "private": true }');
  const file = `./${packs[0]?.filename}`;
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', file], { cwd: project });
});
afterAll(async () => {
  rmSync(project, { recursive: true, force: true });
  await stack.close();
});

test('the package has a few files and no dependencies', () => {
  expect(packed.toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'dist/client.d.ts',
    'dist/client.js',
    'dist/documents.d.ts',
    'dist/documents.js',
    'dist/errors.d.ts',
    'dist/errors.js',
    'dist/index.d.ts',
    'dist/index.js',
    'package.json',
  ]);
  expect(existsSync(path.join(project, 'node_modules/zod'))).toBe(false);
  const installed = readFileSync(path.join(project, 'node_modules/hubspot-meeting-sync-client/package.json'), 'utf8');
  const root = readFileSync(path.join(ROOT, 'package.json'), 'utf8');
  const version = z.object({ version: z.string(), dependencies: z.unknown().optional() });
  expect(version.parse(JSON.parse(installed))).toEqual({ version: version.parse(JSON.parse(root)).version });
});

const IMPORTS = {
  mts: "import { MeetingSyncClient, MeetingSyncError, type ProcessedMeeting, type StatusDocument } from 'hubspot-meeting-sync-client';",
  cts: "import client = require('hubspot-meeting-sync-client');\nimport type { ProcessedMeeting, StatusDocument } from 'hubspot-meeting-sync-client';\nconst { MeetingSyncClient, MeetingSyncError } = client;",
};

test.each(['mts', 'cts'] as const)(
  'a caller in .%s compiles, posts a meeting and reads an error',
  async (extension) => {
    const posted = meeting({ meetingId: `packed-${extension}` });
    const source = `${IMPORTS[extension]}
    async function main(): Promise<void> {
      const client = new MeetingSyncClient({ url: '${url}', apiKey: '${stack.apiKey}' });
      const posted: ProcessedMeeting = ${JSON.stringify(posted)};
      const document: StatusDocument = await client.startSync(posted);
      // @ts-expect-error: a field that no status document has
      document.other;
      const error: unknown = await client.status('unknown').catch((reason: unknown) => reason);
      if (!(error instanceof MeetingSyncError)) throw error;
      const { message, status, call, type, reference } = error;
      console.log(JSON.stringify([document.meetingId, { message, status, call, type, reference }]));
    }
    void main();
  `;
    writeFileSync(path.join(project, `caller.${extension}`), source);
    const checks = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom', '--types', ''];
    await run(process.execPath, [TSC, ...checks, `caller.${extension}`], { cwd: project });
    const program = extension === 'mts' ? 'caller.mjs' : 'caller.cjs';
    const { stdout } = await run(process.execPath, [program], { cwd: project });
    const call = `GET ${url}/api/v1/meetings/unknown`;
    expect(JSON.parse(stdout)).toEqual([
      `packed-${extension}`,
      {
        message: expect.stringContaining(`(${call})`),
        status: 404,
        call,
        type: expect.stringMatching(/#meeting-not-found$/),
        reference: expect.stringMatching(/^\S+$/),
      },
    ]);
  },
);

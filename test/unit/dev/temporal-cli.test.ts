import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CLI_MODULE, resolveTemporalCli } from '../../../src/dev/temporal/temporal-cli';

const NO_DOWNLOAD = 'http://127.0.0.1:1';

let folder: string;
let progress: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'temporal-cli-test-'));
  progress = [];
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function program(path: string, script = 'exit 0'): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, 0o755);
  return full;
}

/** A `go` that knows its folders and, asked to install, does what the script says. */
function fakeGo(install: string): void {
  program('path/go', `if [ "$1" = env ]; then printf '%s\\n%s\\n' "" "${folder}/gopath"; else ${install}; fi`);
}

function resolve(env: NodeJS.ProcessEnv = {}, downloadUrl = NO_DOWNLOAD): Promise<string> {
  return resolveTemporalCli({
    env: { PATH: `${join(folder, 'path')}:/bin:/usr/bin`, HOME: folder, ...env },
    onProgress: (text) => progress.push(text),
    downloadUrl,
  });
}

test('TEMPORAL_CLI_PATH takes precedence over everything else', async () => {
  program('path/temporal');
  const given = program('elsewhere/temporal-1');
  expect(await resolve({ TEMPORAL_CLI_PATH: given })).toBe(given);
});

test('a TEMPORAL_CLI_PATH that is not executable is an error', async () => {
  program('path/temporal');
  await expect(resolve({ TEMPORAL_CLI_PATH: join(folder, 'none') })).rejects.toThrow(/TEMPORAL_CLI_PATH is .*none/);
  writeFileSync(join(folder, 'plain-file'), '');
  await expect(resolve({ TEMPORAL_CLI_PATH: join(folder, 'plain-file') })).rejects.toThrow(/not an executable file/);
  await expect(resolve({ TEMPORAL_CLI_PATH: folder })).rejects.toThrow(/not an executable file/);
});

test('an empty TEMPORAL_CLI_PATH counts as absent, and PATH takes precedence over GOPATH/bin', async () => {
  fakeGo('exit 1');
  program('gopath/bin/temporal');
  const onPath = program('path/temporal');
  expect(await resolve({ TEMPORAL_CLI_PATH: '' })).toBe(onPath);
});

test('GOPATH/bin takes precedence over an earlier download, and nothing is fetched', async () => {
  fakeGo('exit 1');
  program('.cache/hubspot-meeting-sync/temporal');
  const inGopath = program('gopath/bin/temporal');
  expect(await resolve()).toBe(inGopath);
  expect(progress).toEqual([]);
});

test('an earlier download is reused without Go', async () => {
  const cached = program('.cache/hubspot-meeting-sync/temporal');
  expect(await resolve()).toBe(cached);
  expect(progress).toEqual([]);
});

test('without internet access, go install builds the pinned version and reports its progress', async () => {
  fakeGo(
    `echo "go: downloading example.com/module v1.0.0" >&2; echo example.com/module >&2; ` +
      `mkdir -p ${folder}/gopath/bin; echo "$@" > ${folder}/asked; ` +
      `printf '#!/bin/sh\\n' > ${folder}/gopath/bin/temporal; chmod +x ${folder}/gopath/bin/temporal`,
  );
  expect(await resolve()).toBe(join(folder, 'gopath/bin/temporal'));
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(`install -v ${CLI_MODULE}\n`);
  expect(progress).toContain('downloading example.com/module v1.0.0');
  expect(progress.at(-1)).toMatch(/1 packages built/);
});

test('when nothing works, one sentence says what failed and what to install', async () => {
  fakeGo('echo "go: no network" >&2; exit 1');
  const failure = await resolve().catch(String);
  expect(failure).toMatch(/download failed \(127\.0\.0\.1:1 does not answer\)/);
  expect(failure).toMatch(/go install .* failed \(go: no network\)/);
  expect(failure).toMatch(/Install it \(https:.*TEMPORAL_CLI_PATH/);
});

test('a download is unpacked into the cache folder', async () => {
  program('archive/temporal', 'echo downloaded');
  execFileSync('tar', ['-czf', join(folder, 'cli.tar.gz'), '-C', join(folder, 'archive'), 'temporal']);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/cli.tar.gz') {
      response.end(readFileSync(join(folder, 'cli.tar.gz')));
    } else {
      response.end(JSON.stringify({ archiveUrl: `${urlOf(server)}/cli.tar.gz`, fileToExtract: 'temporal' }));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  try {
    const path = await resolve({}, urlOf(server));
    expect(path).toBe(join(folder, '.cache/hubspot-meeting-sync/temporal'));
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('downloaded\n');
    expect(asked[0]).toMatch(/^\/cli\/default\?.*sdk-name=sdk-typescript/);
  } finally {
    server.close();
  }
});

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return `http://127.0.0.1:${address.port}`;
}

import { execFile, spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { DevError, messageOf } from '../errors';
import type { Reaper } from '../reaper-client';
import { linesTo } from '../progress';

/** The last version that `go install` accepts: since 1.6.0, go.mod has replace directives, which it refuses. */
export const CLI_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

export interface ResolveOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Receives a description of each step that takes long. */
  readonly onProgress: (text: string) => void;
  /** Aborts a download or a build. */
  readonly signal?: AbortSignal;
  /** Ends a build when we are killed. */
  readonly reaper?: Reaper;
  /** Base URL of Temporal's download service (`@default https://temporal.download`). */
  readonly downloadUrl?: string;
}

const run = promisify(execFile);

/** Without an answer within this time, we assume that there is no internet access and build the CLI instead. */
const LOOK_UP_MS = 5_000;
const DOWNLOAD_MS = 5 * 60_000;
const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/**
 * Finds or installs the Temporal CLI, which contains the dev server and its UI. It tries, in this order:
 * TEMPORAL_CLI_PATH, PATH, GOBIN and GOPATH/bin, the download that Temporal's SDKs use (cached in the user's cache
 * folder), and `go install`.
 *
 * @returns the absolute path of an executable
 * @throws {@link DevError} that says what to install
 */
export async function resolveTemporalCli(options: ResolveOptions): Promise<string> {
  const { env, onProgress, signal } = options;
  const given = env['TEMPORAL_CLI_PATH'];
  if (given !== undefined && given !== '') {
    if (isExecutable(given)) return resolve(given);
    throw new DevError(`TEMPORAL_CLI_PATH is ${given}, which is not an executable file: correct it, or unset it`);
  }
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = firstExecutable(onPath.map((folder) => join(folder, EXECUTABLE)));
  if (found !== null) return found;

  const goFolder = await goBinFolder(env);
  const cached = join(cacheFolder(env), EXECUTABLE);
  const known = firstExecutable([...(goFolder === null ? [] : [join(goFolder, EXECUTABLE)]), cached]);
  if (known !== null) return known;

  onProgress('looking for a download');
  const failures: string[] = [];
  try {
    await download(cached, options);
    return cached;
  } catch (error) {
    signal?.throwIfAborted();
    failures.push(`the download failed (${messageOf(error)})`);
  }
  if (goFolder === null) {
    failures.push('Go, which could build it, is not installed');
  } else {
    try {
      await build(options);
      const built = firstExecutable([join(goFolder, EXECUTABLE)]);
      if (built !== null) return built;
      failures.push(`go install created no ${EXECUTABLE} in ${goFolder}`);
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`go install ${CLI_MODULE} failed (${messageOf(error)})`);
    }
  }
  throw new DevError(
    `The Temporal CLI is missing: ${failures.join(', and ')}. Install it (https://docs.temporal.io/cli) or Go 1.24 or ` +
      'newer (https://go.dev/dl), or set TEMPORAL_CLI_PATH to an existing one, or TEMPORAL_ADDRESS to a running server',
  );
}

function firstExecutable(paths: readonly string[]): string | null {
  const path = paths.find(isExecutable);
  return path === undefined ? null : resolve(path);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @returns the folder that `go install` installs to, or null without Go */
async function goBinFolder(env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    const { stdout } = await run('go', ['env', 'GOBIN', 'GOPATH'], { env });
    const [bin = '', path = ''] = stdout.split('\n').map((line) => line.trim());
    const [firstPath = ''] = path.split(delimiter);
    if (bin !== '') return bin;
    return firstPath === '' ? null : join(firstPath, 'bin');
  } catch {
    return null;
  }
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'] ?? '';
  return join(base === '' ? join(env['HOME'] ?? homedir(), '.cache') : base, 'hubspot-meeting-sync');
}

const downloadInfo = z.object({ archiveUrl: z.url({ protocol: /^https?$/ }), fileToExtract: z.string() });

/** Does what the SDK's `cached-download` does. The SDK offers that only together with starting a server. */
async function download(target: string, { onProgress, signal, ...options }: ResolveOptions): Promise<void> {
  const { version: sdkVersion }: { version: string } = require('@temporalio/client/package.json');
  const query = new URLSearchParams({
    arch: process.arch === 'x64' ? 'amd64' : process.arch,
    platform: process.platform === 'win32' ? 'windows' : process.platform,
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': sdkVersion,
  });
  const within = (ms: number) => AbortSignal.any([AbortSignal.timeout(ms), ...(signal === undefined ? [] : [signal])]);
  const lookUpUrl = `${options.downloadUrl ?? 'https://temporal.download'}/cli/default?${query.toString()}`;
  const lookUp = await fetchOk(lookUpUrl, within(LOOK_UP_MS));
  const info = downloadInfo.parse(await lookUp.json());

  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(`${target}-`);
  try {
    onProgress(`downloading ${info.archiveUrl}`);
    const response = await fetchOk(info.archiveUrl, within(DOWNLOAD_MS));
    if (response.body === null) throw new Error('the response is empty');
    const archive = join(folder, 'archive.tar.gz');
    await pipeline(Readable.fromWeb(response.body), createWriteStream(archive));
    await run('tar', ['-xzf', archive, '-C', folder, info.fileToExtract]);
    const extracted = join(folder, info.fileToExtract);
    chmodSync(extracted, 0o755);
    renameSync(extracted, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchOk(url: string, signal: AbortSignal): Promise<Response> {
  const { host } = new URL(url);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new Error(`${host} does not answer`, { cause: error });
  });
  if (!response.ok) throw new Error(`${host} answered ${response.status}`);
  return response;
}

/** Builds the CLI. Takes four minutes on two cores with an empty cache, most of it for SQLite and the server. */
async function build({ env, onProgress, signal, reaper }: ResolveOptions): Promise<void> {
  onProgress(`building it once with go install ${CLI_MODULE}, which takes about four minutes`);
  // With -v, Go prints each package that it builds. It reports no other progress.
  const child = spawn('go', ['install', '-v', CLI_MODULE], {
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', end, { once: true });
  if (child.pid !== undefined) reaper?.watch(child.pid, { signal: 'SIGKILL', graceMs: 0 });
  let packages = 0;
  let lastLine = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLine = line;
    if (line.startsWith('go: downloading')) onProgress(line.slice('go: '.length));
    else onProgress(`building once with go install, which takes about four minutes: ${++packages} packages built`);
  });
  try {
    await new Promise<void>((done, failed) => {
      child.once('error', failed);
      child.once('close', (code) => {
        if (code === 0) done();
        else failed(new Error(lastLine));
      });
    });
  } finally {
    signal?.removeEventListener('abort', end);
    if (child.pid !== undefined) reaper?.release(child.pid);
  }
}

/** `node dist/dev/temporal/temporal-cli.js` finds or installs the CLI and prints its path. CI runs it before the tests. */
async function main(): Promise<void> {
  const progress = linesTo((line) => process.stderr.write(`${line}\n`));
  try {
    const path = await progress.step('Temporal CLI', (onProgress) =>
      resolveTemporalCli({ env: process.env, onProgress }),
    );
    process.stdout.write(`${path}\n`);
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) void main();

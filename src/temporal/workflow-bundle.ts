import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

/** Part of every bundle, so that workflows behave the same with and without tracing. */
const INTERCEPTORS = [require.resolve('../workflows/trace-interceptors')];

/** Next to the compiled code: `dist/workflows.bundle.js`. */
const PREBUILT = join(__dirname, '../workflows.bundle.js');
/** The fingerprint of what the prebuilt bundle was made of. */
const PREBUILT_OF = `${PREBUILT}.sha256`;
/** The rooms that a bundle has code of (a rule of .dependency-cruiser.cjs). */
const BUNDLED_ROOMS = ['workflows', 'temporal', 'meeting'];

/** The workflows for a worker: the prebuilt bundle, or one built now, which takes seconds. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  return existsSync(PREBUILT) ? { codePath: PREBUILT } : await bundleWorkflows();
}

/** Bundles the workflows and their interceptors. */
export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    workflowInterceptorModules: INTERCEPTORS,
    logger: new DefaultLogger('ERROR'),
  });
  return { code };
}

/** Writes the bundle to a file. */
export async function writeWorkflowBundle(file: string): Promise<void> {
  const { code } = await bundleWorkflows();
  await writeFile(file, code);
}

/** Builds the bundle again if the compiled code that goes into it, or the SDK, has changed. */
async function prebuild(): Promise<void> {
  const fingerprint = await fingerprintOfSources();
  const builtOf = existsSync(PREBUILT) ? await readFile(PREBUILT_OF, 'utf8').catch(() => '') : '';
  if (builtOf === fingerprint) return;
  // A worker may be reading the bundle that is there.
  const unfinished = `${PREBUILT}.${process.pid}`;
  await writeWorkflowBundle(unfinished);
  await rename(unfinished, PREBUILT);
  await writeFile(PREBUILT_OF, fingerprint);
}

async function fingerprintOfSources(): Promise<string> {
  const { version }: { version: string } = require('@temporalio/workflow/package.json');
  const files = await Promise.all(
    BUNDLED_ROOMS.map(async (room) => {
      const names = await readdir(join(__dirname, '..', room), { recursive: true });
      return names.filter((name) => name.endsWith('.js')).map((name) => join(room, name));
    }),
  );
  const hash = createHash('sha256').update(version);
  for (const file of files.flat().toSorted()) hash.update(file).update(await readFile(join(__dirname, '..', file)));
  return hash.digest('hex');
}

// The last step of the build: `node dist/temporal/workflow-bundle.js`.
if (require.main === module) void prebuild();

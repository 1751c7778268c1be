import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

/** Part of every bundle, so that workflows behave the same with and without tracing. */
const INTERCEPTORS = [require.resolve('../workflows/trace-interceptors')];

/** Next to the compiled code: `dist/workflows.bundle.js`. */
const PREBUILT = join(__dirname, '../workflows.bundle.js');

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

// The last step of the build: `node dist/temporal/workflow-bundle.js`.
if (require.main === module) void writeWorkflowBundle(PREBUILT);

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { NO_TRACING } from '../../src/telemetry/tracing';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle';
import { HISTORIES } from '../support/histories';

let workflowBundle: WorkflowBundleOption;
beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  workflowBundle = await bundleWorkflows();
});

// A run that is open during a deployment goes on with the new code: it must take the same decisions again.
test.each(globSync('**/*.json', { cwd: HISTORIES }))('%s still replays', async (file) => {
  const history: unknown = JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8'));
  await expect(Worker.runReplayHistory({ workflowBundle, sinks: NO_TRACING.sinks }, history)).resolves.toBeUndefined();
});

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { NO_TRACING } from '../../src/telemetry/tracing';
import { WORKFLOW_INTERCEPTORS } from '../../src/worker';
import { HISTORIES } from '../support/histories';

let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({
    logger,
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows'),
    workflowInterceptorModules: WORKFLOW_INTERCEPTORS,
    logger,
  });
});

// A run that is open during a deployment goes on with the new code: it must take the same decisions again.
test.each(globSync('**/*.json', { cwd: HISTORIES }))('%s still replays', async (file) => {
  const history: unknown = JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8'));
  await expect(Worker.runReplayHistory({ workflowBundle, sinks: NO_TRACING.sinks }, history)).resolves.toBeUndefined();
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { startPrograms, type Programs } from '../../support/programs';

/** `temporal.api.enums.v1.TaskQueueType`. */
const ACTIVITY_TASKS = 2;

let programs: Programs;
beforeAll(async () => {
  programs = await startPrograms();
});
afterAll(() => programs.stop());

test('a worker is ready once Temporal lists it as a poller of both task queues, and a server has no /ready', async () => {
  const ready = programs.metrics.worker.replace('/metrics', '/ready');
  const answers = z.object({ status: z.string(), problem: z.string().optional() });
  for (;;) {
    const response = await fetch(ready);
    const { status, problem } = answers.parse(await response.json());
    if (response.ok) {
      expect(status).toBe('ready');
      break;
    }
    expect([response.status, status]).toEqual([503, 'not ready']);
    expect(problem).toMatch(/worker|Temporal/);
  }
  for (const name of ['hubspot-sync', 'hubspot-sync-bulk']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { pollers } = await programs.temporal.workflowService.describeTaskQueue({
      namespace: programs.temporal.options.namespace,
      taskQueue: { name },
      taskQueueType: ACTIVITY_TASKS,
    });
    expect(pollers).toHaveLength(1);
  }
  expect((await fetch(programs.metrics.server.replace('/metrics', '/ready'))).status).toBe(404);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { meeting } from '../../support/meetings';
import { startPrograms, type Programs } from '../../support/programs';

const DEPLOYMENT = 'hubspot-meeting-sync';

let programs: Programs;
beforeAll(async () => {
  programs = await startPrograms();
  programs.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
});
afterAll(() => programs.stop());

test('runs move to the current build and new ones start there, while workers of all builds run', async () => {
  await waitForPerson('waiting-unversioned');
  await addBuild('build-1');
  await setCurrent('build-1');
  await waitForPerson('waiting-under-1');
  await addBuild('build-2');
  await waitForPerson('waiting-under-1-beside-2');
  await setCurrent('build-2');

  await programs.connect();
  const waitingOnes = ['waiting-unversioned', 'waiting-under-1', 'waiting-under-1-beside-2'];
  await Promise.all(
    [...waitingOnes, 'posted-under-2'].map((meetingId) => programs.sync(meeting({ meetingId }), 'synced')),
  );

  expect(await buildsOf('waiting-unversioned')).toEqual(['unversioned', 'build-2']);
  expect(await buildsOf('waiting-under-1')).toEqual(['build-1', 'build-2']);
  expect(await buildsOf('waiting-under-1-beside-2')).toEqual(['build-1', 'build-2']);
  expect(await buildsOf('posted-under-2')).toEqual(['build-2']);
});

/** Posts a meeting before HubSpot is connected, so that its run waits for a person. */
async function waitForPerson(meetingId: string): Promise<void> {
  await programs.sync(meeting({ meetingId }), 'needs_attention');
}

async function addBuild(buildId: string): Promise<void> {
  await programs.addWorker({ TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: buildId });
}

/** Sets the current version, as the Temporal CLI does. Retries until Temporal knows the build's worker. */
async function setCurrent(buildId: string): Promise<void> {
  const { workflowService, options } = programs.temporal;
  const request = { namespace: options.namespace, deploymentName: DEPLOYMENT, buildId };
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- polling
      await workflowService.setWorkerDeploymentCurrentVersion(request);
      return;
    } catch {
      // oxlint-disable-next-line no-await-in-loop -- polling
      await sleep(100);
    }
  }
}

/** The builds whose workers executed the workflow tasks of a meeting's run, in order. */
async function buildsOf(meetingId: string): Promise<string[]> {
  const response = await programs.call('GET', `/api/v1/meetings/${meetingId}`);
  const { workflow } = (await response.json()) as { workflow: { id: string } };
  const { events } = await programs.temporal.workflow.getHandle(workflow.id).fetchHistory();
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: completed }) =>
    completed ? [completed.deploymentVersion?.buildId ?? 'unversioned'] : [],
  );
  return [...new Set(builds)];
}

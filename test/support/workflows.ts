import { afterAll, beforeAll } from '@jest/globals';
import { Client, type Connection } from '@temporalio/client';
import { NativeConnection, Worker, type ActivityInterceptorsFactory } from '@temporalio/worker';
import { shared } from './shared';
import { connectToTemporal, quietRuntime, temporalAddress } from './temporal';

/** For tests of our workflows with fake activities on a real Temporal server. */
export interface WorkflowBench {
  readonly client: () => Client;
  readonly worker: (
    taskQueue: string,
    activities: object,
    interceptors?: readonly ActivityInterceptorsFactory[],
  ) => Promise<Worker>;
  /** A worker of activities only. */
  readonly activityWorker: (taskQueue: string, activities: object) => Promise<Worker>;
}

/** Opens a bench before the tests of a file and closes it after them. */
export function workflowBench(): WorkflowBench {
  let connection: Connection;
  let native: NativeConnection;
  beforeAll(async () => {
    quietRuntime();
    connection = await connectToTemporal();
    native = await NativeConnection.connect({ address: temporalAddress() });
  });
  afterAll(async () => {
    await connection.close();
    await native.close();
  });
  return {
    client: () => new Client({ connection, identity: 'starter' }),
    worker: async (taskQueue, activities, interceptors = []) =>
      await Worker.create({
        connection: native,
        interceptors: { activity: [...interceptors] },
        taskQueue,
        workflowBundle: { codePath: shared('workflowBundle') },
        activities,
        identity: 'worker',
      }),
    activityWorker: async (taskQueue, activities) =>
      await Worker.create({ connection: native, taskQueue, activities, identity: 'worker' }),
  };
}

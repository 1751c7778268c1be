import { afterAll, beforeAll } from '@jest/globals';
import { Client, type Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { connectToTemporal, temporalAddress } from './temporal';

/** What tests of workflows over made-up activities run on: our workflows' code and a real Temporal. */
export interface WorkflowBench {
  readonly client: () => Client;
  readonly worker: (taskQueue: string, activities: object) => Promise<Worker>;
}

/** Opens it before the tests of a file, and closes it after them. */
export function workflowBench(): WorkflowBench {
  let connection: Connection;
  let native: NativeConnection;
  let workflowBundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    connection = await connectToTemporal();
    native = await NativeConnection.connect({ address: temporalAddress() });
    workflowBundle = await bundleWorkflowCode({
      workflowsPath: require.resolve('../../src/workflows'),
      logger: new DefaultLogger('ERROR'),
    });
  });
  afterAll(async () => {
    await connection.close();
    await native.close();
  });
  return {
    client: () => new Client({ connection, identity: 'starter' }),
    worker: async (taskQueue, activities) =>
      await Worker.create({ connection: native, taskQueue, workflowBundle, activities, identity: 'worker' }),
  };
}

// oxlint-disable-next-line import/no-unassigned-import -- declares the type of `globalThis.testServers`
import './global-setup';

/** Stops the servers of the global setup. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.testServers?.stop();
  globalThis.testServers = undefined;
}

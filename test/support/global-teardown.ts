import './global-setup';

/** Ends what the global setup started. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.testServers?.stop();
  globalThis.testServers = undefined;
}

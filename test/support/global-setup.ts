import { publishShared } from './shared';
import { startTestServers, type TestServers } from './servers';

declare global {
  var testServers: TestServers | undefined;
}

/** Jest runs this once before the first integration or browser test. Unit and replay tests need no servers. */
export default async function globalSetup(): Promise<void> {
  const servers = await startTestServers();
  globalThis.testServers = servers;
  publishShared(servers);
}

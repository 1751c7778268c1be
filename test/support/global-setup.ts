import { publishShared } from './shared';
import { startTestServers, type TestServers } from './servers';

declare global {
  var testServers: TestServers | undefined;
}

/** Jest runs this once, before the first integration or browser test; unit and replay tests do without. */
export default async function globalSetup(): Promise<void> {
  const servers = await startTestServers();
  globalThis.testServers = servers;
  publishShared(servers);
}

import { MeetingSyncClient } from '../client';
import { readRunning } from '../dev/running-file';

/** The audit trail shows by it that a call came from the command line. */
const USER_AGENT = 'hubspot-meeting-sync-cli';

/** The options of every command that calls a server. */
export interface ApiOptions {
  /** The server's address. */
  readonly url?: string;
  /** The workspace's API key. */
  readonly key?: string;
  readonly json?: boolean;
}

/**
 * A client for commands that call the API. Options come first, then `PUBLIC_URL` (or `PORT` on this machine) and
 * `BOOTSTRAP_API_KEY`, then the `dev` that is running on this `DATA_DIR`. An empty value counts as absent, as everywhere
 * in the product.
 *
 * @throws Error that says what to set
 */
export function apiFor({ url, key }: ApiOptions, env: NodeJS.ProcessEnv = process.env): MeetingSyncClient {
  const { PUBLIC_URL: publicUrl, PORT: port, BOOTSTRAP_API_KEY: givenKey, DATA_DIR: dataDir } = env;
  const dev = readRunning(dataDir || '.data');
  const local = port ? `http://localhost:${port}` : (dev?.url ?? 'http://localhost:3000');
  const apiKey = key || givenKey || dev?.apiKey;
  if (apiKey === undefined)
    throw new Error(
      "No API key: run this next to a running npm start, or give the workspace's key with --key or BOOTSTRAP_API_KEY and the server's address with --url or PUBLIC_URL.",
    );
  return new MeetingSyncClient({ url: url || publicUrl || local, apiKey, userAgent: USER_AGENT });
}

/** Says what to do about a server that cannot be reached or does not answer. The client's messages name its address. */
export async function reached<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TypeError)
      throw new Error(`${error.message} Start the server (npm start), or give its address with --url or PUBLIC_URL.`, {
        cause: error,
      });
    if (error instanceof DOMException && error.name === 'TimeoutError')
      throw new Error(`${error.message} Its log and /readyz say what it is waiting for.`, { cause: error });
    throw error;
  }
}

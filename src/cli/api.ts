import { MeetingSyncClient } from '../client';
import { readRunning } from '../dev/running-file';

/**
 * A client for commands that call the API. It uses `PUBLIC_URL` (or `PORT` on this machine) and `BOOTSTRAP_API_KEY`. For
 * variables that are not set, it uses the values of the `dev` that is running on this `DATA_DIR`. An empty value counts
 * as absent, as everywhere in the product.
 *
 * @throws Error that says which variables to set
 */
export function apiFromEnvironment(env: NodeJS.ProcessEnv): MeetingSyncClient {
  const { PUBLIC_URL: publicUrl, PORT: port, BOOTSTRAP_API_KEY: givenKey, DATA_DIR: dataDir } = env;
  const dev = readRunning(dataDir || '.data');
  const local = port ? `http://localhost:${port}` : (dev?.url ?? 'http://localhost:3000');
  const apiKey = givenKey || dev?.apiKey;
  if (apiKey === undefined)
    throw new Error(
      "No API key: run this next to a running npm start, or set BOOTSTRAP_API_KEY to the workspace's key and PUBLIC_URL to the server's address.",
    );
  return new MeetingSyncClient({ url: publicUrl || local, apiKey });
}

/** Replaces the messages of `fetch`, such as "fetch failed", by what to do. */
export async function reached<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TypeError)
      throw new Error('The server cannot be reached: start it (npm start), or set PUBLIC_URL to its address.', {
        cause: error,
      });
    if (error instanceof DOMException && error.name === 'TimeoutError')
      throw new Error('The server does not answer: its log and /readyz say what it is waiting for.', {
        cause: error,
      });
    throw error;
  }
}

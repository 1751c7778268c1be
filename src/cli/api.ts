import { MeetingSyncClient } from '../client';
import { readRunning } from '../dev/running-file';

/**
 * The API as a shell reaches it: `PUBLIC_URL` (or `PORT` on this machine) with `BOOTSTRAP_API_KEY`; what is not set, as
 * the `dev` says that runs on this `DATA_DIR`. An empty value counts as absent, as everywhere in the product.
 *
 * @throws a sentence that names what to set
 */
export function apiFromEnvironment(env: NodeJS.ProcessEnv): MeetingSyncClient {
  const { PUBLIC_URL: publicUrl, PORT: port, BOOTSTRAP_API_KEY: givenKey, DATA_DIR: dataDir } = env;
  const dev = readRunning(dataDir || '.data');
  const local = port ? `http://localhost:${port}` : (dev?.url ?? 'http://localhost:3000');
  const apiKey = givenKey || dev?.apiKey;
  if (apiKey === undefined)
    throw new Error(
      'No API key: run this where npm start is up, or set BOOTSTRAP_API_KEY to the key of the workspace and PUBLIC_URL to where the server is reached.',
    );
  return new MeetingSyncClient({ url: publicUrl || local, apiKey });
}

/** `fetch` says "fetch failed"; a person wants to know what to start. */
export async function reached<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TypeError)
      throw new Error('The server cannot be reached: start it (npm start), or set PUBLIC_URL to where it runs.', {
        cause: error,
      });
    if (error instanceof DOMException && error.name === 'TimeoutError')
      throw new Error('The server does not answer: look at its log, or at /readyz, for what it waits for.', {
        cause: error,
      });
    throw error;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import getPort, { portNumbers } from 'get-port';
import { INSTANCE_HEADER } from '../runtime/listen';
import { DevError, PortTakenError } from './errors';

/** How a part chooses the port that it listens on. */
export interface PortChoice {
  /** 0 means any free port. */
  readonly preferred: number;
  /** True when the caller relies on the preferred port, so that no other will do. */
  readonly fixed: boolean;
}

/** How many ports above the preferred one are tried before any free one is taken. */
const NEIGHBOURS = 20;
/** A port can be taken between the check and the bind, so a start is tried this often, each time on other ports. */
const TRIES = 10;

/** The usual port of a part that `dev` starts itself. The part takes another one when this one is taken. */
export function usualPort(preferred: number): PortChoice {
  return { preferred, fixed: false };
}

/**
 * A port that the caller chose.
 *
 * @param port - 0 means any free port
 * @param variable - the environment variable that sets it, named in the error message
 * @throws {@link DevError} when another program listens on the port
 */
export async function fixedPort(port: number, variable: string): Promise<PortChoice> {
  if (port !== 0 && (await getPort({ port })) !== port) {
    throw new DevError(
      `Port ${port} is in use by another program: stop that one, or choose another port with ${variable}=…`,
    );
  }
  return { preferred: port, fixed: port !== 0 };
}

/**
 * Starts a part on its ports. Another program can take a port between the check and the bind, so a start that fails with
 * {@link PortTakenError} is repeated on other ports.
 *
 * @param choices - one port or two
 * @param start - starts the part on these ports and resolves once it listens
 * @throws {@link PortTakenError} when a fixed port is taken
 */
export async function onFreePorts<Started>(
  choices: readonly [PortChoice, PortChoice?],
  start: (first: number, second: number) => Promise<Started>,
): Promise<Started> {
  const [first, second = usualPort(0)] = choices;
  const fixed = [first, second].filter((choice) => choice.fixed).map((choice) => choice.preferred);
  for (let tries = 1; ; tries += 1) {
    const [firstPort, secondPort] = [await portFor(first), await portFor(second)];
    try {
      return await start(firstPort, secondPort);
    } catch (error) {
      if (!(error instanceof PortTakenError) || tries === TRIES) throw error;
      if (error.port !== null && fixed.includes(error.port)) throw error;
    }
  }
}

async function portFor({ preferred, fixed }: PortChoice): Promise<number> {
  if (fixed) return preferred;
  if (preferred === 0) return await getPort();
  return await getPort({ port: portNumbers(preferred, Math.min(preferred + NEIGHBOURS, 65_535)) });
}

/**
 * Waits until a URL answers 2xx with the expected instance id. The id distinguishes our program from another one that listens on
 * the same port. Rejects when `signal` aborts.
 *
 * @param instance - the program's `INSTANCE_ID`
 */
export async function waitForInstance(url: string, instance: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
      await response.arrayBuffer();
      if (response.ok && response.headers.get(INSTANCE_HEADER) === instance) return;
    } catch {
      signal.throwIfAborted();
    }
    await delay(100, undefined, { signal });
  }
}

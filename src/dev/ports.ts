import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import getPort, { portNumbers } from 'get-port';
import { DevError } from './errors';

/** How many ports from the usual one upwards are tried before any free one is taken. */
const NEIGHBOURS = 20;

/** The usual port, or one near it when it is taken: for parts that `dev` starts itself. */
export async function freePort(usual: number): Promise<number> {
  return await getPort({ port: portNumbers(usual, Math.min(usual + NEIGHBOURS, 65_535)) });
}

/**
 * A port that somebody relies on. 0 takes any free one.
 *
 * @param variable - name of the environment variable that chooses it, for the sentence
 * @throws {@link DevError} when another program listens there
 */
export async function keptPort(port: number, variable: string): Promise<number> {
  const free = await getPort({ port });
  if (port !== 0 && free !== port) {
    throw new DevError(
      `Port ${port} is in use by another program: stop that one, or choose another port with ${variable}=…`,
    );
  }
  return free;
}

/** Waits until something accepts connections on a port of this machine. Rejects when `signal` aborts. */
export async function waitForPort(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) await delay(100, undefined, { signal });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: 'localhost', autoSelectFamily: true });
    const answer = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.setTimeout(2_000, () => answer(false));
  });
}

/** Waits until a URL answers 2xx. Rejects when `signal` aborts. */
export async function waitForHttp(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
      await response.arrayBuffer();
      if (response.ok) return;
    } catch {
      signal.throwIfAborted();
    }
    await delay(100, undefined, { signal });
  }
}

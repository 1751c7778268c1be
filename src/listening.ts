import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const HOST = '0.0.0.0';

/** A process cannot start; the message is one sentence for whoever started it. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/**
 * Listens on all addresses.
 *
 * @param variable - the environment variable that names the port
 * @throws {@link ServerStartError} when the port is taken or not allowed
 */
export async function listen(server: Server, port: number, variable: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, port, variable)));
    server.listen(port, HOST, resolve);
  });
}

/** Says in a sentence why a port cannot be listened on. */
export function listenFault(error: unknown, port: number, variable: string): Error {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE')
    return new ServerStartError(`Port ${port} is in use: stop what uses it, or choose another one with ${variable}.`);
  if (code === 'EACCES')
    return new ServerStartError(`Port ${port} may not be used by this user: choose one above 1023 with ${variable}.`);
  return error instanceof Error ? error : new Error(String(error));
}

export function portOf(server: { address(): AddressInfo | string | null }): number | null {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : null;
}

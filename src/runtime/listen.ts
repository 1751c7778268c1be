import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The variable that sets a port. {@link HOSTS} has the variable of its address. */
type ListenVariable = 'PORT' | 'METRICS_PORT';
const HOSTS: Readonly<Record<ListenVariable, string>> = { PORT: 'HOST', METRICS_PORT: 'METRICS_HOST' };

/** The response header with the `INSTANCE_ID` of the process. */
export const INSTANCE_HEADER = 'instance-id';

/** Node's default is 30 s between checks for requests that exceed their time. This closes slow connections sooner. */
const CHECK_CONNECTIONS_MS = 2_000;

/** A process cannot start. The message is one sentence for the person who started it. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/** A bound port whose requests wait until an app is ready. */
export interface Listener {
  readonly port: number;
  /** The bound server for Fastify's `serverFactory`. Its requests go to `handler` once {@link open} is called. */
  serverFor(handler: RequestListener): Server;
  /** Passes all requests to the app, including those that arrived before. */
  open(): void;
  /** Stops accepting connections and waits for running requests. */
  close(): Promise<void>;
}

/**
 * Binds a port before the app is built, because the app must know its own address.
 *
 * @param port - 0 means any free port
 * @param variable - the environment variable that sets the port
 * @throws {@link ServerStartError} when the port is taken or not allowed
 */
export async function openListener(port: number, variable: ListenVariable, host: string): Promise<Listener> {
  const app = Promise.withResolvers<RequestListener>();
  let handler: RequestListener = () => undefined;
  // A request can arrive while the app is still being built.
  const server = createServer(
    { connectionsCheckingInterval: CHECK_CONNECTIONS_MS },
    (request, response) => void app.promise.then((answer) => answer(request, response)),
  );
  await listen(server, port, variable, host);
  return {
    port: portOf(server),
    serverFor(built) {
      handler = built;
      return server;
    },
    open: () => app.resolve(handler),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
      }),
  };
}

/**
 * Listens on one address, or on all with `0.0.0.0`.
 *
 * @param variable - the environment variable that sets the port
 * @throws {@link ServerStartError} when the port is taken or not allowed
 */
export async function listen(server: Server, port: number, variable: ListenVariable, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, { port, variable, host })));
    server.listen(port, host, resolve);
  });
}

function listenError(
  error: unknown,
  { port, variable, host }: { port: number; variable: ListenVariable; host: string },
): Error {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE')
    return new ServerStartError(
      `Port ${port} is in use: stop the program that uses it, or choose another port with ${variable}.`,
    );
  if (code === 'EACCES')
    return new ServerStartError(
      `This user must not listen on port ${port}: choose a port above 1023 with ${variable}.`,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new ServerStartError(
      `This machine does not have the address ${host}: choose one of its addresses with ${HOSTS[variable]}.`,
    );
  return error instanceof Error ? error : new Error(String(error));
}

/** The port that a server is bound to. @throws when it is not bound to a port */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server is not bound to a port');
  return address.port;
}

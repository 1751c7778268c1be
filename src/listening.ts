import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The variable that sets a port. {@link HOSTS} has the variable of its address. */
type ListenVariable = 'PORT' | 'METRICS_PORT';
const HOSTS: Readonly<Record<ListenVariable, string>> = { PORT: 'HOST', METRICS_PORT: 'METRICS_HOST' };

/** Response header that names the process that answers: its `INSTANCE_ID`. */
export const INSTANCE_HEADER = 'instance-id';

/** Node checks every 30 s by default for requests that exceed their time; this closes slow connections sooner. */
const CHECK_CONNECTIONS_MS = 2_000;

/** A process cannot start; the message is one sentence for the person who started it. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/** A bound port whose requests wait until an app answers them. */
export interface Listener {
  readonly port: number;
  /** The bound server, for `serverFactory`. Its requests go to `handler` once {@link open} is called. */
  serverFor(handler: RequestListener): Server;
  /** The app is ready: it answers from now on, the requests that came before included. */
  open(): void;
  /** Takes no new connections and waits for the requests under way. */
  close(): Promise<void>;
}

/**
 * Binds a port for an app that is built afterwards, since the app must know its own address.
 *
 * @param port - 0 for any free one
 * @param variable - the environment variable that names the port
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
 * @param variable - the environment variable that names the port
 * @throws {@link ServerStartError} when the port is taken or not allowed
 */
export async function listen(server: Server, port: number, variable: ListenVariable, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, { port, variable, host })));
    server.listen(port, host, resolve);
  });
}

function listenFault(
  error: unknown,
  { port, variable, host }: { port: number; variable: ListenVariable; host: string },
): Error {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE')
    return new ServerStartError(`Port ${port} is in use: stop what uses it, or choose another one with ${variable}.`);
  if (code === 'EACCES')
    return new ServerStartError(`Port ${port} may not be used by this user: choose one above 1023 with ${variable}.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new ServerStartError(`This machine has no address ${host}: choose one of its own with ${HOSTS[variable]}.`);
  return error instanceof Error ? error : new Error(String(error));
}

/** The port that a server is bound to. Throws when it is not bound to one. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server is not bound to a port');
  return address.port;
}

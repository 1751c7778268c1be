import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A fault of one connection. `afterBytes` counts the bytes of the server's responses.
 *
 * - `lost-answer`: the response that crosses `afterBytes` never arrives, and the connection is reset.
 * - `half-answer`: the response ends exactly at `afterBytes`, and the connection is closed properly.
 * - `latency`: every chunk arrives `ms` later, in both directions.
 * - `refused`: the connection is reset before a byte is forwarded.
 */
export type TcpFault =
  | { readonly kind: 'lost-answer' | 'half-answer'; readonly afterBytes: number }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'refused' };

export interface ProxyOptions {
  /** The server behind the proxy. */
  readonly target: { readonly host: string; readonly port: number };
  /** The fault of the n-th connection, counted from 0 (`@default` none). Pure, so that a seed reproduces it. */
  readonly faults?: (connection: number) => TcpFault | null;
  /** Receives all forwarded bytes. */
  readonly watch?: (bytes: Buffer) => void;
}

/**
 * A port that the proxy closes must still be free when it reopens it. Linux uses ports from 32768 on for outgoing
 * connections, so the proxy listens below.
 */
const LOWEST_PORT = 12_000;
const HIGHEST_PORT = 32_000;

/** A TCP proxy in front of one server. It keeps its address when the server behind it moves. */
export class FaultProxy {
  readonly #options: ProxyOptions;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #target: ProxyOptions['target'];
  #server: Server;
  #port = 0;
  #connections = 0;
  #struck = 0;
  #calm = false;

  private constructor(options: ProxyOptions) {
    this.#options = options;
    this.#target = options.target;
    this.#server = this.#createServer();
  }

  static async start(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** The number of accepted connections, and of those whose fault took effect. */
  get counts(): { readonly connections: number; readonly struck: number } {
    return { connections: this.#connections, struck: this.#struck };
  }

  /** Sends new connections to another server. */
  retarget(target: ProxyOptions['target']): void {
    this.#target = target;
  }

  /** Ends all faults, also on open connections, except latency: without it, chunks would overtake earlier ones. */
  calm(): void {
    this.#calm = true;
  }

  /** Stops listening (ECONNREFUSED) and resets open connections, until {@link accept}. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.cut();
    await closed;
  }

  async accept(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = this.#createServer();
    await this.#listen();
  }

  /** Resets every open connection. */
  cut(): void {
    for (const [near, far] of this.#pairs) reset(near, far);
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  #createServer(): Server {
    return createServer({ allowHalfOpen: true }, (near) => this.#serve(near));
  }

  async #listen(): Promise<void> {
    for (;;) {
      const port = this.#port === 0 ? randomInt(LOWEST_PORT, HIGHEST_PORT) : this.#port;
      try {
        this.#server.listen(port, '127.0.0.1');
        // oxlint-disable-next-line no-await-in-loop -- one port after the other
        await once(this.#server, 'listening');
        this.#port = port;
        return;
      } catch (error) {
        if (this.#port !== 0 || !isInUse(error)) throw error;
      }
    }
  }

  #serve(near: Socket): void {
    const fault = this.#options.faults?.(this.#connections) ?? null;
    this.#connections += 1;
    near.on('error', () => undefined);
    if (fault?.kind === 'refused' && !this.#calm) {
      this.#struck += 1;
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...this.#target, allowHalfOpen: true });
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    far.on('error', () => reset(near, far));
    near.on('error', () => reset(near, far));
    const over = () => {
      // One side has closed, and the other would wait for it forever.
      if (!near.destroyed) near.destroySoon();
      if (!far.destroyed) far.destroySoon();
      this.#pairs.delete(pair);
    };
    near.once('close', over);
    far.once('close', over);
    this.#pipe(near, far, fault?.kind === 'latency' ? fault.ms : 0);
    this.#answer(near, far, fault);
  }

  #answer(near: Socket, far: Socket, fault: TcpFault | null): void {
    if (fault?.kind !== 'lost-answer' && fault?.kind !== 'half-answer') {
      this.#pipe(far, near, fault?.kind === 'latency' ? fault.ms : 0);
      return;
    }
    let answered = 0;
    far.on('data', (bytes: Buffer) => {
      this.#options.watch?.(bytes);
      const left = fault.afterBytes - answered;
      answered += bytes.length;
      if (bytes.length <= left || this.#calm) {
        near.write(bytes);
        return;
      }
      this.#struck += 1;
      if (fault.kind === 'lost-answer') return reset(near, far);
      near.end(bytes.subarray(0, Math.max(0, left)));
      far.destroy();
    });
    far.once('end', () => near.end());
  }

  #pipe(from: Socket, to: Socket, ms: number): void {
    if (ms > 0) this.#struck += 1;
    const late = (work: () => void) => (ms === 0 ? work() : void setTimeout(work, ms));
    from.on('data', (bytes: Buffer) => {
      this.#options.watch?.(bytes);
      late(() => {
        if (to.writable) to.write(bytes);
      });
    });
    from.once('end', () => late(() => to.end()));
  }
}

/** Sends an RST, as a crashed peer or a middlebox does. */
function reset(...sockets: readonly Socket[]): void {
  for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy();
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

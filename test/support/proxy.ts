import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What goes wrong on one connection. Bytes are counted in what the far side answers.
 *
 * - `lost-answer`: the answer that crosses `afterBytes` never arrives, and the connection is reset.
 * - `half-answer`: the answer ends exactly at `afterBytes`, with a proper end.
 * - `latency`: every piece arrives `ms` later, both ways.
 * - `refused`: reset before a byte is passed on.
 */
export type TcpFault =
  | { readonly kind: 'lost-answer' | 'half-answer'; readonly afterBytes: number }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'refused' };

export interface ProxyOptions {
  /** Where connections go. */
  readonly target: { readonly host: string; readonly port: number };
  /** The fault of the n-th connection, counted from 0; none when absent. Pure, so that a seed repeats it. */
  readonly faults?: (connection: number) => TcpFault | null;
  /** Sees everything that passes, for what must never be on the wire. */
  readonly watch?: (bytes: Buffer) => void;
}

/**
 * A port that is closed and opened again must still be free then: the kernel gives outgoing connections ports from 32768
 * on (Linux), so these are below.
 */
const LOWEST_PORT = 12_000;
const HIGHEST_PORT = 32_000;

/** A TCP proxy in front of one server: the same address whatever happens to what is behind it. */
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

  /** How many connections were taken, and how many of them met their fault. */
  get counts(): { readonly connections: number; readonly struck: number } {
    return { connections: this.#connections, struck: this.#struck };
  }

  /** Connections made from now on go there. */
  retarget(target: ProxyOptions['target']): void {
    this.#target = target;
  }

  /** No more cuts from now on, on old connections neither; a slow one stays slow, or its pieces would overtake. */
  calm(): void {
    this.#calm = true;
  }

  /** Nothing listens any more (ECONNREFUSED) and what is open is reset, until {@link accept}. */
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
      // One side is gone: the other would wait for it for ever.
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

/** An RST, as a crashed peer or a middlebox sends it. */
function reset(...sockets: readonly Socket[]): void {
  for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy();
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

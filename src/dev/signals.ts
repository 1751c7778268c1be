/** A request to stop, from a person or the operating system. */
export interface StopRequest {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

/**
 * One Ctrl-C can arrive twice: the terminal sends it to the whole foreground group, and npm forwards it.
 */
const SAME_REQUEST_MS = 1_000;
const PARENT_CHECK_MS = 1_000;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP.
 *
 * Under npm, the exit of our parent is also a request to stop: npm sends SIGTERM to the shell between us and itself, and
 * the shell dies without forwarding it.
 *
 * @param onFirst - called at the first request
 * @param onSecond - called at a further request, more than a second later
 */
export function listenForStop(env: NodeJS.ProcessEnv, onFirst: () => void, onSecond: () => void): StopRequest {
  const controller = new AbortController();
  const parent = process.ppid;
  let firstAt = 0;
  const request = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      onFirst();
      controller.abort();
    } else if (performance.now() - firstAt > SAME_REQUEST_MS) {
      onSecond();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, request);
  const parentCheck = setInterval(() => {
    if (env['npm_lifecycle_event'] !== undefined && process.ppid !== parent && !controller.signal.aborted) request();
  }, PARENT_CHECK_MS);
  parentCheck.unref();
  return {
    signal: controller.signal,
    dispose: () => {
      clearInterval(parentCheck);
      for (const name of signals) process.off(name, request);
    },
  };
}

import type { LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

const SAY_EVERY_MS = 60_000;

/**
 * Writes the log of Temporal's SDK into ours. What its core repeats, as every poller does while Temporal is away, is
 * written at once and then once a minute with how often it came.
 */
export function sdkLog(log: Logger, now: () => number = Date.now): (entry: LogEntry) => void {
  const said = new Map<string, { at: number; repeated: number }>();
  return ({ level, message, meta = {} }) => {
    const key = meta['sdkComponent'] === 'core' ? coreCause(meta) : null;
    if (key === null) return log[pinoLevel(level)]({ ...meta }, message);
    const before = said.get(key);
    if (before !== undefined && now() - before.at < SAY_EVERY_MS) {
      before.repeated += 1;
      return;
    }
    log[pinoLevel(level)]({ ...meta, ...(before === undefined ? {} : { repeated: before.repeated }) }, message);
    said.set(key, { at: now(), repeated: 0 });
  };
}

/** Messages count their retries and errors name ports: the place in the core and the gRPC status are what stays. */
function coreCause({ target, error }: Readonly<Record<string, unknown>>): string {
  const status = typeof error === 'string' ? /\bcode: (?<code>\w+)/.exec(error)?.groups?.['code'] : undefined;
  return [target, status].join(' ');
}

function pinoLevel(level: string): 'trace' | 'debug' | 'info' | 'warn' | 'error' {
  switch (level) {
    case 'TRACE':
      return 'trace';
    case 'DEBUG':
      return 'debug';
    case 'INFO':
      return 'info';
    case 'WARN':
      return 'warn';
    default:
      return 'error';
  }
}

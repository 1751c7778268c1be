import type { LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

const LOG_EVERY_MS = 60_000;
/** The worker of bulk passes runs activities only. The SDK has no option that says so, and warns at every start. */
const ACTIVITIES_ONLY = 'No workflows registered, not polling for workflow tasks';

/**
 * Writes the log of Temporal's SDK to ours. A message that the SDK's core repeats, as every poller does during an outage,
 * is logged at once and then once a minute with a count.
 */
export function sdkLog(log: Logger, now: () => number = Date.now): (entry: LogEntry) => void {
  const logged = new Map<string, { at: number; repeated: number }>();
  return ({ level, message, meta = {} }) => {
    if (message === ACTIVITIES_ONLY) return log.debug({ ...meta }, message);
    const key = meta['sdkComponent'] === 'core' ? coreCause(meta) : null;
    if (key === null) return log[pinoLevel(level)]({ ...meta }, message);
    const before = logged.get(key);
    if (before !== undefined && now() - before.at < LOG_EVERY_MS) {
      before.repeated += 1;
      return;
    }
    log[pinoLevel(level)]({ ...meta, ...(before === undefined ? {} : { repeated: before.repeated }) }, message);
    logged.set(key, { at: now(), repeated: 0 });
  };
}

/** Messages contain retry counts and errors contain ports, so the key is the place in the core and the gRPC status. */
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

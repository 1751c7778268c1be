import pino, { type DestinationStream, type Logger } from 'pino';
import { currentLogFields } from './log-context';

/** Never logged, wherever they stand in an object: tokens, cookies, bodies, addresses, queries (OAuth codes stand there). */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'accessToken',
  'refreshToken',
  'access_token',
  'refresh_token',
  'query',
  'token',
  'taskToken',
  'email',
  'body',
];

const ADDRESS = /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu;
const BEARER = /\bBearer\s+[\w.~+/=-]+/gi;

/**
 * A process' logger: JSON lines. Every line carries the ids of the work that it was written for (see `log-context`);
 * whatever a library's message may hold, no e-mail address and no bearer token leaves.
 *
 * @param destination - standard output when absent
 */
export function createLogger(level: string, name: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    name,
    redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), censor: '[redacted]' },
    mixin: () => ({ ...currentLogFields() }),
    serializers: { error: describeError, err: describeError },
    hooks: { streamWrite: withoutSecrets },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Masks e-mail addresses and bearer tokens in a text. */
export function withoutSecrets(text: string): string {
  const masked = text.includes('@') ? text.replaceAll(ADDRESS, '[e-mail]') : text;
  return masked.replaceAll(BEARER, 'Bearer [redacted]');
}

/**
 * What a log keeps of an error: its name, message and stack, not the fields that libraries hang on errors (PostgreSQL's
 * `detail` quotes whole rows). Messages that quote the value they are about lose it.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const message = messageWithoutValue(error, code);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, ...(code === null ? {} : { code }), message, stack: frames.join('\n') };
}

function messageWithoutValue(error: Error, code: string | null): string {
  if (error instanceof SyntaxError) return 'a text could not be parsed';
  // PostgreSQL's class 22, data exceptions: `invalid input syntax for type json: "…"`.
  if (code !== null && /^22...$/.test(code)) return error.message.replaceAll(/"[^"]*"/g, '"…"');
  return error.message;
}

import pino, { type DestinationStream, type Logger } from 'pino';
import { currentLogFields } from './log-context';

/** Fields that are never logged: tokens, cookies, bodies, addresses, and queries, which may contain OAuth codes. */
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
 * Creates the logger of a process, which writes JSON lines. Every line has the ids of its work (see `log-context`). E-mail
 * addresses and bearer tokens are masked, even in messages of libraries.
 *
 * @param destination - `@default` standard output
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
 * The loggable parts of an error: its name, message and stack. Omits fields that libraries add (PostgreSQL's `detail`
 * quotes whole rows) and values that messages quote.
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

import pino, { type Logger } from 'pino';

/** Never logged, wherever they stand in an object: tokens, cookies, bodies, addresses. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'accessToken',
  'refreshToken',
  'access_token',
  'refresh_token',
  'code',
  'token',
  'email',
  'body',
];

/** A process' logger: JSON lines on standard output. */
export function createLogger(level: string, name: string): Logger {
  return pino({
    level,
    name,
    redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), censor: '[redacted]' },
  });
}

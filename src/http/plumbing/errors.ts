import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessEndedError, AccessExceededError } from '../../store/access/creator';
import { DATABASE_FAILURES, databaseFailure, isUnstorableText } from '../../store/failures';
import { KeyMissingError } from '../../secrets';
import { PROBLEMS, ProblemError, problemDocument, type ProblemCode } from './problems';
import { InvalidInputError } from './validation';

/** Largest accepted body, in bytes (docs/reference.md, "A processed meeting"). */
export const BODY_LIMIT = 5 * 1024 * 1024;

const RETRY_AFTER_SECONDS = 5;
/** The methods that routes have. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Classifies an error of a handler, a hook or Fastify. Internal errors reveal no details. */
export function toProblem(error: unknown, request: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof InvalidInputError)
    return new ProblemError('invalid-input', error.message, { errors: error.errors });
  // Checked first, because a broken body stream throws the same codes as a broken connection to PostgreSQL.
  if (isBrokenOff(request)) return brokenOff();
  if (error instanceof AccessEndedError)
    return new ProblemError('unauthorized', 'This access was revoked while the request ran. Nothing was changed.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  if (error instanceof AccessExceededError)
    return new ProblemError('scope-missing', error.message, {
      errors: [{ path: error.part, message: 'asks for more than this access has' }],
    });
  const failure = databaseFailure(error);
  if (failure !== null) return ownFailure('database-unavailable', DATABASE_FAILURES[failure]);
  if (error instanceof KeyMissingError)
    return ownFailure(
      'encryption-key-missing',
      'The key that seals the HubSpot authorisation is missing or has another value now.',
    );
  // The validation of the input may miss such a text. It is still the caller's error, not ours.
  if (isUnstorableText(error))
    return new ProblemError('bad-request', 'A text has a character that cannot be stored, such as U+0000.');
  if (isFastifyError(error)) {
    if (error.code.startsWith('FST_CSRF_')) {
      return new ProblemError(
        'form-expired',
        'The form is too old, or it was opened before you signed in. Nothing was changed.',
      );
    }
    switch (error.statusCode) {
      case 413:
        return new ProblemError(
          'body-too-large',
          `The body is larger than this address accepts. The limit for a meeting is ${BODY_LIMIT / 1024 / 1024} MiB (${BODY_LIMIT} bytes).`,
        );
      case 415:
        return new ProblemError('unsupported-media-type', 'The body must be sent as application/json.');
      case 414:
        return new ProblemError('not-found', 'This address is too long to exist.');
      case 400:
        return new ProblemError('bad-request', error.message);
      default:
        break;
    }
  }
  return new ProblemError(
    'internal-error',
    'The request failed because of an error of the server, not because of your input.',
  );
}

function ownFailure(code: ProblemCode, sentence: string): ProblemError {
  return new ProblemError(code, `Something went wrong on our side: ${sentence}`, {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
  });
}

/** Whether the client disconnected before its body was complete. */
function isBrokenOff({ raw }: FastifyRequest): boolean {
  return raw.errored !== null && raw.errored !== undefined && !raw.complete;
}

/** The problem of a request whose client disconnected. */
export function brokenOff(): ProblemError {
  return new ProblemError('client-closed-request', 'The client closed the connection before the body was complete.');
}

/** Answers with a problem document, and logs internal errors. */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
): FastifyReply {
  const problem = toProblem(error, request);
  logProblem(error, problem, request);
  const { status } = PROBLEMS[problem.code];
  return reply
    .code(status)
    .headers(problem.headers)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemDocument(problem, { publicUrl, reference: request.id }));
}

/** Logs internal errors with their stack, and temporary failures in one line. */
export function logProblem(error: unknown, problem: ProblemError, request: FastifyRequest): void {
  switch (problem.code) {
    case 'internal-error':
      return request.log.error(loggable(error), 'request failed');
    case 'database-unavailable':
      return databaseFailure(error) === 'broken'
        ? request.log.error(loggable(error), 'the database refused a statement')
        : request.log.warn({ error: String(error) }, 'the database cannot be used');
    case 'encryption-key-missing':
      return request.log.error({ error: String(error) }, 'an encryption key is missing');
    case 'client-closed-request':
      // The request has no response, so its usual log line is missing.
      return request.log.info(
        { method: request.method, route: request.routeOptions.url ?? 'unknown', status: PROBLEMS[problem.code].status },
        'the client closed the connection',
      );
    default:
  }
}

/**
 * The parts of an internal error that are logged. Excludes the fields that libraries attach to errors, because they may
 * hold customer data.
 */
export function loggable(error: unknown) {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, type: error.name, stack: error.stack };
}

/** The problem of a request without a route: an unknown address (404), or a known one with another method (405). */
export function unknownRoute(app: FastifyInstance, { url, method }: FastifyRequest): ProblemError {
  const path = url.split('?')[0] ?? url;
  const methods = METHODS.filter((each) => app.findRoute({ url, method: each }) !== null);
  if (methods.length === 0 || methods.some((each) => each === method))
    return new ProblemError('not-found', `There is nothing at ${method} ${path}.`);
  return new ProblemError('method-not-allowed', `${path} accepts ${methods.join(', ')}, not ${method}.`, {
    headers: { allow: methods.join(', ') },
  });
}

function isFastifyError(error: unknown): error is Pick<FastifyError, 'statusCode' | 'code' | 'message'> {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}

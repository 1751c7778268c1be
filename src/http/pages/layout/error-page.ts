import type { FastifyReply, FastifyRequest } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import type { HttpDependencies } from '../../dependencies';
import { logProblem } from '../../plumbing/errors';
import { PROBLEMS, type ProblemError } from '../../plumbing/problems';
import { renderMessage } from './render';
import { renderSignIn } from './sign-in-page';

/** Renders a problem as a page. */
export async function renderErrorPage(
  deps: Pick<HttpDependencies, 'config'>,
  problem: ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
  cause: unknown = problem,
): Promise<FastifyReply> {
  logProblem(cause, problem, request);
  const { status } = PROBLEMS[problem.code];
  reply.headers(problem.headers);
  const page = {
    status,
    heading: pageHeading(problem),
    message: pageMessage(problem),
    action:
      problem.code === 'internal-error'
        ? t('Load this page again; if it happens again, send us the reference {reference}.', { reference: request.id })
        : pageAdvice(problem.code),
  };
  if (problem.code === 'unauthorized') return await renderSignIn(deps, page, request, reply);
  return await renderMessage(deps, page, reply);
}

function pageHeading({ code }: ProblemError): string {
  switch (code) {
    case 'meeting-not-found':
      return t('Meeting not found');
    // The title speaks of API keys, which a page does not use.
    case 'unauthorized':
      return t('Please sign in');
    default:
      return storedText(PROBLEMS[code].title);
  }
}

function pageMessage({ code, message }: ProblemError): string {
  // The method of a request means nothing to people.
  return storedText(code === 'not-found' ? message.replace(/^(There is nothing at) [A-Z]+ /, '$1 ') : message);
}

/** What a person on a page can do. The solutions of the API name headers and calls, which a page does not have. */
export function pageAdvice(code: ProblemError['code']): string {
  switch (code) {
    case 'form-expired':
      return t('Go back, load the page again, and press the button once more.');
    case 'unauthorized':
      return '';
    case 'database-unavailable':
    case 'encryption-key-missing':
      return t('Load this page again in a few seconds.');
    case 'temporal-unavailable':
    case 'hubspot-unavailable':
    case 'too-many-requests':
    case 'overloaded':
    case 'request-timeout':
      return t('Try again in a minute.');
    case 'not-connected':
      return t('Connect HubSpot under Settings → HubSpot.');
    case 'hubspot-refused':
      return t('Ask an admin of your HubSpot account, or reconnect HubSpot under Settings → HubSpot.');
    case 'invalid-input':
    case 'bad-request':
      return t('Correct it and try again.');
    default:
      return t('Check the address, or go to the start page.');
  }
}

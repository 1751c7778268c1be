import { HubSpotDownError } from '../../hubspot/client/circuit';
import { HubSpotError, needsFreshToken } from '../../hubspot/client/errors';
import { BudgetExhaustedError } from '../../hubspot/client/limiter';
import { NotSentError } from '../../hubspot/client/portal';
import { NotConnectedError } from '../../connection/tokens';
import { ProblemError } from './problems';

const SOON_MS = 5_000;

/**
 * Waits for an answer that a person or a program needs from HubSpot, and turns failures into problems: 503 with
 * `Retry-After` for a temporary one, 409 for one that needs a person. Other errors are rethrown.
 */
export async function askingHubSpot<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw problemOf(error) ?? (error instanceof NotSentError ? error.cause : error);
  }
}

function problemOf(error: unknown): ProblemError | null {
  if (error instanceof NotSentError) return problemOf(error.cause);
  if (error instanceof BudgetExhaustedError)
    return unavailable('HubSpot’s limit for this account is used up.', error.retryMs);
  if (error instanceof HubSpotDownError) return unavailable('HubSpot is not answering.', error.retryMs);
  if (error instanceof NotConnectedError)
    return new ProblemError(
      'not-connected',
      error.code === 'not_connected'
        ? 'No HubSpot account is connected: connect one first.'
        : 'HubSpot no longer accepts the authorisation: connect the account again.',
    );
  if (!(error instanceof HubSpotError)) return null;
  switch (error.failure.kind) {
    case 'wait':
      return unavailable('HubSpot’s limit for this account is used up.', error.failure.afterMs ?? SOON_MS);
    case 'retry':
      if (needsFreshToken(error)) return unavailable('HubSpot did not accept the access token.', SOON_MS);
      return unavailable(`${error.rawMessage}.`, error.failure.afterMs ?? SOON_MS);
    case 'reauthorize':
      return new ProblemError(
        'not-connected',
        'HubSpot no longer accepts the authorisation: connect the account again.',
      );
    case 'needs_attention':
    case 'rejected':
      return new ProblemError('hubspot-refused', `HubSpot refused the request: ${error.readableMessage}.`);
  }
}

function unavailable(detail: string, retryMs: number): ProblemError {
  return new ProblemError('hubspot-unavailable', detail, {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryMs / 1_000))) },
  });
}

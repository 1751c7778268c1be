import type { FastifyRequest } from 'fastify';
import type { ConnectOutcome } from '../../../connection/connect-outcomes';
import { isDatabaseUnavailable } from '../../../store/failures';
import type { OauthStateCheck } from '../../../store/connections/oauth-states';
import { redirectUriOf, type HttpDependencies } from '../../dependencies';
import { loggable } from '../../plumbing/errors';
import { codeVerifierOf } from '../../pkce';
import type { Flash } from '../layout/flash';
import { formField } from '../layout/session';

const WHO_MAY_INSTALL =
  'If HubSpot does not let you, ask a Super Admin, or someone with App Marketplace access, to connect it.';

/** Works in every state of the connection, while the buttons of the HubSpot card differ. */
const CONNECT = { path: '/integrations/hubspot/connect', text: 'Connect HubSpot' };

const TRY_AGAIN = 'Try again.';

const WATCH = { path: '/overview', text: 'Watch them arrive' };

/** Parameters of HubSpot's redirect to the callback. Each may be missing. */
export interface HubSpotRedirect {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly description: string | undefined;
}

/** Reads the parameters of the callback. */
export function hubSpotRedirect({ query }: FastifyRequest): HubSpotRedirect {
  return {
    state: formField(query, 'state'),
    code: formField(query, 'code'),
    error: formField(query, 'error'),
    description: formField(query, 'error_description'),
  };
}

/**
 * Ends an authorisation whose state is valid, and returns the outcome. Internal errors are logged and returned as a
 * message, too.
 *
 * @param options - `actor`: the person who started it, as the access history names them; `guest`: the person has no
 *   account here
 * @throws the error of a database that is unavailable
 */
export async function endConnecting(
  { config, connections }: Pick<HttpDependencies, 'config' | 'connections'>,
  workspaceId: string,
  { state = '', code, error, description }: HubSpotRedirect,
  request: FastifyRequest,
  { actor, guest = false }: { readonly actor: string; readonly guest?: boolean },
): Promise<{ readonly connected: boolean; readonly flash: Flash }> {
  if (error !== undefined) return { connected: false, flash: forReader(refused(error, description), guest) };
  if (code === undefined)
    return {
      connected: false,
      flash: forReader(failure('HubSpot sent you back without an answer.', TRY_AGAIN), guest),
    };
  try {
    const outcome = await connections.connect({
      workspaceId,
      code,
      redirectUri: redirectUriOf(config),
      codeVerifier: codeVerifierOf(config, state),
      actor,
    });
    request.log.info({ workspaceId, outcome: outcome.outcome }, 'connecting ended');
    return { connected: !('message' in outcome), flash: forReader(outcomeWords(outcome, guest), guest) };
  } catch (cause) {
    if (isDatabaseUnavailable(cause)) throw cause;
    request.log.error({ ...loggable(cause), workspaceId }, 'connecting failed');
    const flash = failure(
      'Something went wrong on our side, so nothing was connected.',
      `Try again; if it happens again, send us the reference ${request.id}.`,
    );
    return { connected: false, flash: forReader(flash, guest) };
  }
}

export const STATE_PROBLEMS: Readonly<Record<Exclude<OauthStateCheck, 'fits'>, Flash>> = {
  unknown: failure(
    'This response of HubSpot was already used, or no connection was started here.',
    'Unless the account below is connected, try again.',
  ),
  expired: failure('Connecting took longer than ten minutes, so nothing was connected.', TRY_AGAIN),
  other_session: failure(
    'This connection was started in another browser session, so nothing was connected.',
    TRY_AGAIN,
  ),
};

/** An install that was started in HubSpot has no state of ours, so its code could come from anyone. */
export const STARTED_ELSEWHERE = failure(
  'HubSpot sent you here, but the connection was not started on this page, so nothing was connected.',
  'Start it here: HubSpot asks once more and then connects the account to this workspace.',
);

function outcomeWords(outcome: ConnectOutcome, guest: boolean): Flash {
  switch (outcome.outcome) {
    case 'connected':
      return {
        kind: 'success',
        message: `HubSpot account ${outcome.portalId} is connected.`,
        action: 'Meetings now appear on its timelines, including those that were waiting.',
        link: WATCH,
      };
    case 'reconnected':
      return {
        kind: 'success',
        message: `HubSpot account ${outcome.portalId} is connected again.`,
        action: 'Meetings that were waiting are synced now.',
        link: WATCH,
      };
    case 'other_portal':
      // A guest has no Disconnect button.
      return failure(
        outcome.message,
        guest ? 'Try again and choose that account, or ask the person who sent you the link.' : outcome.action,
      );
    default:
      return failure(outcome.message, outcome.action);
  }
}

/** Shows HubSpot's message only with a valid state. Without one, anyone could have written it. */
export function refused(error: string, description: string | undefined): Flash {
  if (error === 'access_denied') {
    return failure(
      'You cancelled in HubSpot. Nothing was connected.',
      `To connect, try again and accept. ${WHO_MAY_INSTALL}`,
    );
  }
  const words =
    description === undefined || description.trim() === ''
      ? ''
      : ` HubSpot’s message: “${description.trim().slice(0, 200)}”.`;
  return failure(
    `HubSpot ended the connection without an account, so nothing was connected.${words}`,
    `${TRY_AGAIN} ${WHO_MAY_INSTALL}`,
  );
}

function failure(message: string, action: string): Flash {
  return { kind: 'error', message, action, link: CONNECT };
}

/** A guest may open no page of the workspace, and returns to a page that has the button. */
export function forReader({ link, ...words }: Flash, guest: boolean): Flash {
  return guest || link === undefined ? words : { ...words, link };
}

import type { FastifyRequest } from 'fastify';
import type { ConnectOutcome } from '../../../connection/connect-outcomes';
import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import type { Actor } from '../../../store/audit/actor';
import { isDatabaseUnavailable } from '../../../store/failures';
import type { OauthStateCheck } from '../../../store/connections/oauth-states';
import { redirectUriOf, type HttpDependencies } from '../../dependencies';
import { loggable } from '../../plumbing/errors';
import { codeVerifierOf } from '../../pkce';
import type { Flash } from '../layout/flash';
import { formField } from '../layout/session';

const TRY_AGAIN = message('Try again.');

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
  { actor, guest = false }: { readonly actor: Actor; readonly guest?: boolean },
): Promise<{ readonly connected: boolean; readonly flash: Flash }> {
  if (error !== undefined) return { connected: false, flash: forReader(refused(error, description), guest) };
  if (code === undefined)
    return {
      connected: false,
      flash: forReader(failure(t('HubSpot sent you back without an answer.'), t(TRY_AGAIN)), guest),
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
      t('Something went wrong on our side, so nothing was connected.'),
      t('Try again; if it happens again, send us the reference {reference}.', { reference: request.id }),
    );
    return { connected: false, flash: forReader(flash, guest) };
  }
}

const STATE_PROBLEMS: Readonly<
  Record<Exclude<OauthStateCheck, 'fits'>, { readonly what: string; readonly advice: string }>
> = {
  unknown: {
    what: message('This response of HubSpot was already used, or no connection was started here.'),
    advice: message('Unless the account below is connected, try again.'),
  },
  expired: {
    what: message('Connecting took longer than ten minutes, so nothing was connected.'),
    advice: TRY_AGAIN,
  },
  other_session: {
    what: message('This connection was started in another browser session, so nothing was connected.'),
    advice: TRY_AGAIN,
  },
};

/** Why the state of HubSpot's redirect is not valid. */
export function stateProblem(check: Exclude<OauthStateCheck, 'fits'>): Flash {
  const { what, advice } = STATE_PROBLEMS[check];
  return failure(t(what), t(advice));
}

/** An install that was started in HubSpot has no state of ours, so its code could come from anyone. */
export function startedElsewhere(): Flash {
  return failure(
    t('HubSpot sent you here, but the connection was not started on this page, so nothing was connected.'),
    t('Start it here: HubSpot asks once more and then connects the account to this workspace.'),
  );
}

function outcomeWords(outcome: ConnectOutcome, guest: boolean): Flash {
  switch (outcome.outcome) {
    case 'connected':
      return {
        kind: 'success',
        message: t('HubSpot account {account} is connected.', { account: outcome.portalId }),
        action: t('Meetings now appear on its timelines, including those that were waiting.'),
        link: watchLink(),
      };
    case 'reconnected':
      return {
        kind: 'success',
        message: t('HubSpot account {account} is connected again.', { account: outcome.portalId }),
        action: t('Meetings that were waiting are synced now.'),
        link: watchLink(),
      };
    case 'other_portal':
      // A guest has no Disconnect button.
      return failure(
        storedText(outcome.message),
        guest
          ? t('Try again and choose that account, or ask the person who sent you the link.')
          : storedText(outcome.action),
      );
    default:
      return failure(storedText(outcome.message), storedText(outcome.action));
  }
}

/** Shows HubSpot's message only with a valid state. Without one, anyone could have written it. */
export function refused(error: string, description: string | undefined): Flash {
  const whoMayInstall = t(
    'If HubSpot does not let you, ask a Super Admin, or someone with App Marketplace access, to connect it.',
  );
  if (error === 'access_denied') {
    return failure(
      t('You cancelled in HubSpot. Nothing was connected.'),
      `${t('To connect, try again and accept.')} ${whoMayInstall}`,
    );
  }
  const ended = t('HubSpot ended the connection without an account, so nothing was connected.');
  const answer = description?.trim().slice(0, 200) ?? '';
  const quoted = answer === '' ? '' : ` ${t('HubSpot’s message: “{answer}”.', { answer })}`;
  return failure(`${ended}${quoted}`, `${t(TRY_AGAIN)} ${whoMayInstall}`);
}

/** The link works in every state of the connection, while the buttons of the HubSpot card differ. */
function failure(what: string, advice: string): Flash {
  const link = { path: '/integrations/hubspot/connect', text: t('Connect HubSpot') };
  return { kind: 'error', message: what, action: advice, link };
}

function watchLink(): Flash['link'] {
  return { path: '/overview', text: t('Watch them arrive') };
}

/** A guest may open no page of the workspace, and returns to a page that has the button. */
export function forReader({ link, ...words }: Flash, guest: boolean): Flash {
  return guest || link === undefined ? words : { ...words, link };
}

import type { FastifyInstance } from 'fastify';
import type { ConnectOutcome } from '../../connections';
import { isDatabaseUnavailable } from '../../store/health';
import { consumeOauthState, createOauthState, type OauthStateCheck } from '../../store/sessions';
import { redirectUriOf, type HttpDependencies } from '../dependencies';
import { loggable } from '../errors';
import { setFlash, type Flash } from './flash';
import { basePath } from './render';
import { formField, sessionOf } from './session';
import { pageOptions, signedIn } from './sign-in';

const WHO_MAY_INSTALL =
  'If HubSpot does not let you, ask a Super Admin, or somebody with App Marketplace access, to press Connect.';

/** The way to HubSpot's consent page and back. Every way back ends on the settings page with a sentence. */
export function registerHubSpot(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'oauth' | 'connections'>,
): void {
  const { publicUrl } = deps.config;
  const settings = `${basePath(publicUrl)}/settings/integrations`;
  const redirectUri = redirectUriOf(deps.config);

  pages.get('/integrations/hubspot/connect', pageOptions(deps), async (request, reply) => {
    const state = await createOauthState(deps.db, sessionOf(request));
    return await reply.redirect(deps.oauth.authorizationUrl({ state, redirectUri }), 303);
  });

  const backWithoutSession = signedIn(
    deps,
    'HubSpot sent you back, but this browser is not signed in here (any more), so nothing was connected.',
  );
  pages.get(
    '/oauth/hubspot/callback',
    { schema: { hide: true }, preHandler: [backWithoutSession] },
    async (request, reply) => {
      const session = sessionOf(request);
      const answer = {
        state: formField(request.query, 'state'),
        code: formField(request.query, 'code'),
        error: formField(request.query, 'error'),
        description: formField(request.query, 'error_description'),
      };
      const flash = await end(answer);
      setFlash(reply, publicUrl, flash);
      return await reply.redirect(settings, 303);

      async function end({ state, code, error, description }: typeof answer): Promise<Flash> {
        if (state === undefined) return error === undefined ? startedElsewhere : refused(error, undefined);
        const check = await consumeOauthState(deps.db, session, state);
        if (check !== 'fits') return STATE_FAULTS[check];
        if (error !== undefined) return refused(error, description);
        if (code === undefined) return failure('HubSpot sent you back without an answer.', 'Press Connect again.');
        try {
          const outcome = await deps.connections.connect({ workspaceId: session.workspaceId, code, redirectUri });
          request.log.info({ workspaceId: session.workspaceId, outcome: outcome.outcome }, 'connecting ended');
          return told(outcome);
        } catch (fault) {
          if (isDatabaseUnavailable(fault)) throw fault;
          request.log.error({ ...loggable(fault), workspaceId: session.workspaceId }, 'connecting failed');
          return failure(
            'The connection failed by a fault of ours, so nothing was connected.',
            `Press Connect again; if it fails once more, tell whoever runs this installation the reference ${request.id}.`,
          );
        }
      }
    },
  );
}

const STATE_FAULTS: Readonly<Record<Exclude<OauthStateCheck, 'fits'>, Flash>> = {
  unknown: failure(
    'This answer of HubSpot was used already, or no connection was begun here.',
    'Unless the account below is connected, press Connect again.',
  ),
  expired: failure(
    'It took longer than ten minutes to answer HubSpot, so nothing was connected.',
    'Press Connect again.',
  ),
  other_session: failure(
    'This connection was begun in another browser session, so nothing was connected.',
    'Press Connect here.',
  ),
};

/** An install that was begun on HubSpot's side has no state of ours: its code could be anybody's. */
const startedElsewhere = failure(
  'HubSpot sent you here, but the connection was not begun on this page, so nothing was connected.',
  'Press Connect: HubSpot asks once more, and then the account is connected to this workspace.',
);

function told(outcome: ConnectOutcome): Flash {
  switch (outcome.outcome) {
    case 'connected':
      return {
        kind: 'success',
        message: `HubSpot account ${outcome.portalId} is connected.`,
        action: 'Processed meetings now land on its timelines; those that waited for it go on by themselves.',
      };
    case 'reconnected':
      return {
        kind: 'success',
        message: `HubSpot account ${outcome.portalId} is connected again.`,
        action: 'Meetings that waited for it go on by themselves.',
      };
    default:
      return failure(outcome.message, outcome.action);
  }
}

/** HubSpot's words are shown only with a state that fits: without one, anybody could have written them. */
function refused(error: string, description: string | undefined): Flash {
  if (error === 'access_denied') {
    return failure(
      'HubSpot was not given your consent, so nothing was connected.',
      `Press Connect and accept to connect. ${WHO_MAY_INSTALL}`,
    );
  }
  const words =
    description === undefined || description.trim() === '' ? '' : ` It said: “${description.trim().slice(0, 200)}”.`;
  return failure(
    `HubSpot ended the connection without an account, so nothing was connected.${words}`,
    `Press Connect to try again. ${WHO_MAY_INSTALL}`,
  );
}

function failure(message: string, action: string): Flash {
  return { kind: 'error', message, action };
}

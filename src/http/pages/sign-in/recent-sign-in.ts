import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { t } from '../../../languages/text';
import { KeyMissingError } from '../../../secrets';
import type { Session } from '../../../store/access/sessions';
import { findConnection } from '../../../store/connections/connections';
import { findForm, forgetForm, keepForm } from '../../../store/sign-in/pending-forms';
import { linksWork } from '../../../store/sign-in/policy';
import { findProvider } from '../../../store/sign-in/providers';
import type { HttpDependencies } from '../../dependencies';
import { loadAgain, renderPage } from '../layout/render';
import { cookieNames, sessionOf, signedCookie } from '../layout/session';
import { pageOptions, type formOptions } from '../layout/guard';
import { takeWantedPage } from '../layout/wanted-page';
import type { FilledView } from '../layout/view';

/** The page that continues with a form after its sender has signed in once more. */
export const CONTINUE_PATH = '/sign-in/continue';

const PENDING_SECONDS = 30 * 60;

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'secrets'>;

/** The page that asks a signed-in person to sign in once more. */
interface AgainModel {
  /** Paths below PUBLIC_URL; null where that way does not exist. */
  readonly hubSpotPath: string | null;
  readonly providerPath: string | null;
  readonly links: boolean;
  readonly signInUrl: string;
}

interface ContinueModel {
  readonly path: string;
  readonly fields: readonly (readonly [string, string])[];
}

const againView = (model: AgainModel): FilledView => ({ template: 'sign-in-again', model });
const continueView = (model: ContinueModel): FilledView => ({ template: 'continue-form', model });

const storedFields = z.array(z.tuple([z.string(), z.string()]));

/**
 * Adds to the options of a form that its sender must have signed in recently. Otherwise a page asks them to sign in once
 * more, and the form waits for them.
 */
export function recentFormOptions(options: ReturnType<typeof formOptions>, deps: Dependencies) {
  const check = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const session = sessionOf(request);
    if (session.isRecent) return await forgetPending(deps, request, reply);
    return await askAgain(deps, session, request, reply);
  };
  return { ...options, preHandler: [...options.preHandler, check] };
}

/** `/sign-in/continue`: shows the form that waits, with one button. */
export function registerContinue(pages: FastifyInstance, deps: Dependencies): void {
  pages.get(CONTINUE_PATH, pageOptions('signed-in'), async (request, reply) => {
    const model = await pendingModel(deps, request);
    if (model === null) {
      const { pendingForm, options } = cookieNames(deps.config.publicUrl);
      reply.clearCookie(pendingForm, options);
      return await reply.redirect(takeWantedPage(request, reply, deps.config.publicUrl), 303);
    }
    const page = { view: continueView(model), title: t('Go on'), section: null };
    return await renderPage(deps, page, request, reply);
  });
}

async function askAgain(
  deps: Dependencies,
  session: Session,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db, config, secrets } = deps;
  const { workspaceId, member } = session;
  const sealedFields = secrets.seal(JSON.stringify(entriesOf(request.body)), contextOf(workspaceId));
  const token = await keepForm(db, session, { path: request.url, sealedFields });
  const { pendingForm, options } = cookieNames(config.publicUrl);
  reply.setCookie(pendingForm, token, { ...options, maxAge: PENDING_SECONDS, signed: true });
  const [connection, provider, links] = await Promise.all([
    findConnection(db, workspaceId),
    findProvider(db, workspaceId),
    linksWork(db, workspaceId),
  ]);
  const model: AgainModel = {
    hubSpotPath: member === null || connection === null ? null : '/sign-in/hubspot?confirm=1',
    providerPath: member === null || provider === null ? null : `/sign-in/oidc/${workspaceId}?confirm=1`,
    links,
    signInUrl: `${config.publicUrl}/api/v1/sessions`,
  };
  loadAgain(reply, 401);
  const page = { view: againView(model), title: t('Sign in once more'), section: null };
  return await renderPage(deps, page, request, reply.code(401));
}

async function pendingModel(
  { db, config, secrets }: Dependencies,
  request: FastifyRequest,
): Promise<ContinueModel | null> {
  const session = sessionOf(request);
  const token = signedCookie(request, cookieNames(config.publicUrl).pendingForm);
  const form = token === null ? null : await findForm(db, session, token);
  if (form === null) return null;
  try {
    const fields: unknown = JSON.parse(secrets.open(form.sealedFields, contextOf(session.workspaceId)));
    return { path: form.path, fields: storedFields.parse(fields) };
  } catch (error) {
    // The key was taken out of the configuration within the last half an hour.
    if (error instanceof KeyMissingError) return null;
    throw error;
  }
}

async function forgetPending(
  { db, config }: Dependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<undefined> {
  const { pendingForm, options } = cookieNames(config.publicUrl);
  const token = signedCookie(request, pendingForm);
  if (token === null) return;
  await forgetForm(db, token);
  reply.clearCookie(pendingForm, options);
}

/** The fields of a form without its token, which is only valid for the session of before. */
function entriesOf(body: unknown): [string, string][] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body)
    .filter(([name]) => name !== '_csrf')
    .flatMap(([name, value]) =>
      [value].flat().flatMap((each): [string, string][] => (typeof each === 'string' ? [[name, each]] : [])),
    );
}

function contextOf(workspaceId: string): string {
  return `form:${workspaceId}`;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../../languages/text';
import { OidcError } from '../../../../identity/oidc-client';
import { deleteProvider, findProvider, saveProvider, secretContextOf } from '../../../../store/sign-in/providers';
import type { HttpDependencies } from '../../../dependencies';
import { confirmView } from '../../layout/common-views';
import { formOptions, pageOptions } from '../../layout/guard';
import { renderPage } from '../../layout/render';
import { formField, sessionOf } from '../../layout/session';
import { recentFormOptions } from '../../sign-in/recent-sign-in';
import { settingsPath } from '../settings-nav';
import { backToSettings } from '../settings-page';
import { providerInput, type ProviderInput } from './provider-form';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'secrets' | 'oidc'>;

/** What a person typed in the form for the provider, and what is wrong with it. */
export interface TypedProvider {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

const FIELDS = ['issuer', 'clientId', 'domains', 'groupsClaim', 'groupRoles', 'defaultRole'] as const;

type Show = (typed: TypedProvider, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** The forms for the provider of single sign-on. @param show - shows the page again with what was typed */
export function registerProvider(pages: FastifyInstance, deps: Dependencies, show: Show): void {
  const path = `${settingsPath('signIn')}/provider`;
  const guardedForm = recentFormOptions(formOptions(pages, 'admin'), deps);
  pages.post(path, guardedForm, async (request, reply) => await save(deps, show, request, reply));
  pages.get(`${path}/remove`, pageOptions('admin'), async (request, reply) => {
    const model = {
      heading: t('Remove single sign-on?'),
      sentences: [
        t('No one can sign in with it any more. Browsers that are signed in stay signed in.'),
        t('Its domains can be used by another workspace.'),
        t('Sign-in links work again, unless an admin has signed in with HubSpot.'),
      ],
      action: `${path}/remove`,
      button: t('Remove'),
      back: settingsPath('signIn'),
    };
    const page = { view: confirmView(model), title: t('Remove single sign-on?'), section: 'settings' } as const;
    return await renderPage(deps, page, request, reply);
  });
  pages.post(`${path}/remove`, guardedForm, async (request, reply) => {
    const session = sessionOf(request);
    const { workspaceId } = session;
    await deleteProvider(deps.db, session);
    request.log.info({ workspaceId }, 'the provider of the sign-in was removed');
    const flash = { kind: 'success', message: t('Single sign-on is removed.'), action: '' } as const;
    return backToSettings(deps, reply, flash, 'signIn');
  });
}

async function save(
  deps: Dependencies,
  show: Show,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { workspaceId } = session;
  const field = (name: string) => formField(request.body, name) ?? '';
  const values = Object.fromEntries(FIELDS.map((name) => [name, field(name)]));
  const again = async (errors: Readonly<Record<string, string>>) =>
    await show({ values, errors }, request, reply.code(400));
  const input = providerInput.safeParse({ ...values, clientSecret: field('clientSecret') });
  if (!input.success) {
    const errors = input.error.issues.map(({ path, message }): [string, string] => [String(path[0]), t(message)]);
    return await again(Object.fromEntries(errors));
  }
  const sealedSecret = await secretFor(deps, workspaceId, input.data);
  if (sealedSecret === null) return await again({ clientSecret: t('It is needed the first time.') });
  const { clientSecret: _, ...provider } = input.data;
  const problem = await problemOf(deps, workspaceId, provider, sealedSecret);
  if (problem !== null) return await again({ issuer: problem });
  const { takenDomain } = await saveProvider(deps.db, session, { sealedSecret, ...provider });
  if (takenDomain !== null)
    return await again({ domains: t('Another workspace uses {domain} already.', { domain: takenDomain }) });
  request.log.info({ workspaceId }, 'the provider of the sign-in was changed');
  const message = t('Saved. Sign in with it once, to see that it works.');
  return backToSettings(deps, reply, { kind: 'success', message, action: '' }, 'signIn');
}

/** The sealed secret: of the form, or the stored one. */
async function secretFor(
  { db, secrets }: Dependencies,
  workspaceId: string,
  { clientSecret, issuer }: ProviderInput,
): Promise<string | null> {
  if (clientSecret !== '') return secrets.seal(clientSecret, secretContextOf(workspaceId));
  const stored = await findProvider(db, workspaceId);
  // A secret goes to the issuer that it was entered for, and to no other.
  return stored?.issuer === issuer ? stored.sealedSecret : null;
}

/** Why the issuer cannot be used, or null. */
async function problemOf(
  { oidc, secrets }: Dependencies,
  workspaceId: string,
  { issuer, clientId }: Pick<ProviderInput, 'issuer' | 'clientId'>,
  sealedSecret: string,
): Promise<string | null> {
  try {
    await oidc.check({ issuer, clientId, clientSecret: secrets.open(sealedSecret, secretContextOf(workspaceId)) });
    return null;
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    return t('The provider does not describe itself there: {detail}', { detail: error.detail });
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../../languages/text';
import { ROLES } from '../../../../store/access/scopes';
import { findSignInPolicy, saveSignInPolicy, TIME_OUT_BOUNDS, workingMethods } from '../../../../store/sign-in/policy';
import { findProvider } from '../../../../store/sign-in/providers';
import type { HttpDependencies } from '../../../dependencies';
import { formOptions, pageOptions } from '../../layout/guard';
import { ROLE_WORDS } from '../../layout/role-words';
import { formField, sessionOf } from '../../layout/session';
import { oidcRedirectUri, oidcSignInUrl } from '../../sign-in/oidc';
import { recentFormOptions } from '../../sign-in/recent-sign-in';
import { settingsPath } from '../settings-nav';
import { backToSettings, renderSettings } from '../settings-page';
import { readPolicy, type TimeOut } from './policy-form';
import { mappingLines } from './provider-form';
import { registerProvider, type TypedProvider } from './provider';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'secrets' | 'oidc'>;

interface SignInSettingsModel {
  readonly links: boolean;
  readonly superAdmins: boolean;
  readonly timeOuts: Readonly<Record<TimeOut, { readonly text: string; readonly error: string | null }>>;
  readonly linksError: string | null;
  readonly provider: {
    readonly exists: boolean;
    readonly values: Readonly<Record<string, string>>;
    readonly errors: Readonly<Record<string, string>>;
    readonly roles: readonly { readonly value: string; readonly word: string; readonly chosen: boolean }[];
    readonly redirectUri: string;
    readonly signInUrl: string;
  };
}

/** `/settings/sign-in`: the ways to sign in, time-outs, and the provider of single sign-on. */
export function registerSignInSettings(pages: FastifyInstance, deps: Dependencies): void {
  const path = settingsPath('signIn');
  pages.get(path, pageOptions('admin'), async (request, reply) => await showSignIn(deps, {}, request, reply));
  pages.post(path, recentFormOptions(formOptions(pages, 'admin'), deps), async (request, reply) => {
    return await savePolicy(deps, request, reply);
  });
  registerProvider(pages, deps, (typed, request, reply) => showSignIn(deps, { typed }, request, reply));
}

async function savePolicy(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { workspaceId } = session;
  const field = (name: string) => formField(request.body, name) ?? '';
  const { policy, invalid } = readPolicy(field);
  if (policy === null) return await showSignIn(deps, { invalid, field }, request, reply.code(400));
  const before = await findSignInPolicy(deps.db, workspaceId);
  const switchesOff = before.links && !policy.links;
  if (switchesOff && (await workingMethods(deps.db, workspaceId)).length === 0) {
    const linksError = t(
      'Links stay on until an admin has signed in with HubSpot or with single sign-on. Sign out, sign in that way, and try again.',
    );
    return await showSignIn(deps, { linksError, field }, request, reply.code(409));
  }
  await saveSignInPolicy(deps.db, session, policy);
  request.log.info({ workspaceId, links: policy.links }, 'the settings of the sign-in were changed');
  return backToSettings(deps, reply, { kind: 'success', message: t('Saved.'), action: '' }, 'signIn');
}

async function showSignIn(
  deps: Dependencies,
  state: {
    readonly invalid?: readonly TimeOut[];
    readonly field?: (name: string) => string;
    readonly linksError?: string;
    readonly typed?: TypedProvider;
  },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const [policy, provider] = await Promise.all([
    findSignInPolicy(deps.db, workspaceId),
    findProvider(deps.db, workspaceId),
  ]);
  const { field, invalid = [] } = state;
  const timeOut = (name: TimeOut) => ({
    text: field?.(name) ?? String(policy[name] ?? ''),
    error: invalid.includes(name)
      ? t('It must be a whole number from {min, number} to {max, number}.', TIME_OUT_BOUNDS[name])
      : null,
  });
  const stored = {
    issuer: provider?.issuer ?? '',
    clientId: provider?.clientId ?? '',
    domains: provider?.domains.join(', ') ?? '',
    groupsClaim: provider?.groupsClaim ?? 'groups',
    groupRoles: mappingLines(provider?.groupRoles ?? {}),
    defaultRole: provider?.defaultRole ?? '',
  };
  const values: Readonly<Record<string, string>> = state.typed?.values ?? stored;
  const model: SignInSettingsModel = {
    links: field === undefined ? policy.links : field('links') === 'on',
    superAdmins: field === undefined ? policy.superAdmins : field('superAdmins') === 'on',
    timeOuts: {
      idleMinutes: timeOut('idleMinutes'),
      memberHours: timeOut('memberHours'),
      anonymousHours: timeOut('anonymousHours'),
    },
    linksError: state.linksError ?? null,
    provider: {
      exists: provider !== null,
      values,
      errors: state.typed?.errors ?? {},
      roles: ROLES.map((role) => ({
        value: role,
        word: t(ROLE_WORDS[role]),
        chosen: role === values['defaultRole'],
      })),
      redirectUri: oidcRedirectUri(deps.config, workspaceId),
      signInUrl: oidcSignInUrl(deps.config, workspaceId),
    },
  };
  return await renderSettings(deps, { id: 'signIn', template: 'sign-in', model }, request, reply);
}

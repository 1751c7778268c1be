import type { FastifyInstance, FastifyReply } from 'fastify';
import { APP_ID } from '../crm/derived-properties';
import type { Parts } from '../http/api';
import { DATED, textFields } from '../http/api';
import { ApiError } from '../errors';
import { JOURNAL_SCOPES, SCOPES, splitScopes } from './scopes';
import type { IssuedTokens } from './tokens';

/** v1 has its own responses and errors. v3 and the dated versions share theirs. */
type Dialect = 'v1' | 'v3';

type Fields = Record<string, string>;

interface Refusal {
  error: string;
  status: string;
  message: string;
}

const REFUSALS = {
  code: { error: 'invalid_grant', status: 'BAD_AUTH_CODE', message: 'missing or unknown auth code' },
  redirect: {
    error: 'invalid_grant',
    status: 'BAD_REDIRECT_URI',
    message: 'redirect URI does not match initial auth code URI',
  },
  verifier: { error: 'invalid_grant', status: 'BAD_CODE_VERIFIER', message: 'missing or invalid code verifier' },
  refreshV1: { error: 'invalid_grant', status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' },
  refresh: {
    error: 'invalid_grant',
    status: 'BAD_REFRESH_TOKEN',
    message: 'refresh token is invalid, expired or revoked',
  },
  client: { error: 'invalid_client', status: 'BAD_CLIENT_ID', message: 'missing or invalid client id' },
  secret: { error: 'invalid_client', status: 'BAD_CLIENT_SECRET', message: 'missing or invalid client secret' },
  grantType: { error: 'unsupported_grant_type', status: 'BAD_GRANT_TYPE', message: 'missing or unknown grant type' },
} as const satisfies Record<string, Refusal>;

/** Token, introspection and revocation endpoints of every version. */
export function tokenRoutes(server: FastifyInstance, parts: Parts): void {
  for (const version of ['v1', 'v3', ...DATED] as const) {
    const dialect: Dialect = version === 'v1' ? 'v1' : 'v3';
    server.post(`/oauth/${version}/token`, async (request, reply) =>
      exchange(parts, dialect, textFields(request.body), reply),
    );
    if (version === 'v1') continue;
    server.post(`/oauth/${version}/token/introspect`, async (request, reply) =>
      introspect(parts, textFields(request.body), reply),
    );
    server.post(`/oauth/${version}/token/revoke`, async (request, reply) =>
      revoke(parts, textFields(request.body), reply),
    );
  }
  server.get<{ Params: { token: string } }>('/oauth/v1/access-tokens/:token', (request) =>
    accessInfo(parts, request.params.token),
  );
  server.get<{ Params: { token: string } }>('/oauth/v1/refresh-tokens/:token', (request) =>
    refreshInfo(parts, request.params.token),
  );
  server.delete<{ Params: { token: string } }>('/oauth/v1/refresh-tokens/:token', async (request, reply) => {
    if (!parts.tokens.revoke(request.params.token)) throw unknownToken(request.params.token);
    return reply.code(204).send();
  });
}

function refuse(reply: FastifyReply, dialect: Dialect, refusal: Refusal): FastifyReply {
  const { error, status, message } = refusal;
  return reply
    .code(400)
    .send(dialect === 'v1' ? { status, message } : { error, error_description: message, status, message });
}

function badClient(parts: Parts, fields: Fields): Refusal | null {
  if (fields['client_id'] !== parts.clientId) return REFUSALS.client;
  return fields['client_secret'] === parts.clientSecret ? null : REFUSALS.secret;
}

function exchange(parts: Parts, dialect: Dialect, fields: Fields, reply: FastifyReply): FastifyReply {
  const wrongClient = badClient(parts, fields);
  switch (fields['grant_type']) {
    case 'authorization_code': {
      if (wrongClient !== null) return refuse(reply, dialect, wrongClient);
      const redeemed = parts.tokens.redeem(
        fields['code'] ?? '',
        fields['redirect_uri'] ?? '',
        fields['code_verifier'] ?? null,
      );
      return redeemed.ok
        ? reply.send(issued(dialect, redeemed.tokens))
        : refuse(reply, dialect, REFUSALS[redeemed.reason]);
    }
    case 'refresh_token': {
      const refusal = dialect === 'v1' ? REFUSALS.refreshV1 : REFUSALS.refresh;
      // Credentials that do not belong to the token were seen to be refused as a bad refresh token, not as a bad
      // client.
      const tokens = wrongClient === null ? parts.tokens.refresh(fields['refresh_token'] ?? '') : null;
      return tokens === null ? refuse(reply, dialect, refusal) : reply.send(issued(dialect, tokens));
    }
    case 'client_credentials':
      if (wrongClient !== null) return refuse(reply, dialect, wrongClient);
      // v1 was reported not to know this grant.
      if (dialect === 'v1') return refuse(reply, dialect, REFUSALS.grantType);
      return appToken(parts, splitScopes(fields['scope'] ?? ''), reply);
    default:
      return refuse(reply, dialect, REFUSALS.grantType);
  }
}

function appToken(parts: Parts, scopes: string[], reply: FastifyReply): FastifyReply {
  const known = (scope: string) =>
    JOURNAL_SCOPES.has(scope) ? parts.settings.journal.access !== 'refused' : scope in SCOPES;
  const unknown = scopes.find((scope) => !known(scope));
  if (scopes.length === 0 || unknown !== undefined) {
    const message = `The scope ${unknown ?? ''} could not be recognized.`;
    return refuse(reply, 'v3', { error: 'invalid_scope', status: 'BAD_SCOPES', message });
  }
  const { token } = parts.tokens.issueApp(scopes);
  return reply.send({
    token_type: 'bearer',
    access_token: token,
    expires_in: parts.settings.accessTokenSeconds,
    token_use: 'client_credentials',
  });
}

function issued(dialect: Dialect, tokens: IssuedTokens): object {
  const basic = {
    token_type: 'bearer',
    refresh_token: tokens.refreshToken,
    access_token: tokens.accessToken,
    expires_in: tokens.expiresIn,
  };
  if (dialect === 'v1') return basic;
  const { portalId, userId, scopes } = tokens.grant;
  return { ...basic, hub_id: portalId, scopes, user_id: userId, token_use: 'access_token' };
}

/**
 * The specification names the field `token`, and a guide names it after its kind. The sandbox follows the
 * specification.
 */
function introspect(parts: Parts, fields: Fields, reply: FastifyReply): FastifyReply {
  const wrongClient = badClient(parts, fields);
  if (wrongClient !== null) return refuse(reply, 'v3', wrongClient);
  const value = fields['token'] ?? '';
  const access = parts.tokens.accessToken(value);
  if (access !== undefined && !access.revoked && access.expiresAt > Date.now()) {
    return reply.send({
      active: true,
      ...about(parts, value, access),
      token_use: 'access_token',
      expires_in: secondsLeft(access.expiresAt),
      signed_access_token: signed(access),
    });
  }
  const refresh = parts.tokens.refreshToken(value);
  if (refresh !== undefined && !refresh.revoked) {
    return reply.send({ active: true, ...about(parts, value, refresh), token_use: 'refresh_token' });
  }
  return reply.send({ active: false });
}

function about(parts: Parts, token: string, grant: { portalId: number; userId: number; scopes: string[] }) {
  return {
    token,
    hub_id: grant.portalId,
    user_id: grant.userId,
    client_id: parts.clientId,
    app_id: APP_ID,
    user: userEmail(parts, grant.portalId, grant.userId),
    hub_domain: parts.crm.catalogue.portal(grant.portalId)?.hubDomain ?? '',
    scopes: grant.scopes,
    token_type: 'Bearer',
    is_private_distribution: false,
  };
}

function userEmail(parts: Parts, portalId: number, userId: number): string {
  return parts.crm.catalogue.users(portalId).find((user) => user.id === userId)?.email ?? '';
}

function secondsLeft(expiresAt: number): number {
  return Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));
}

function signed(access: { portalId: number; userId: number; expiresAt: number; scopes: string[] }) {
  return {
    expiresAt: access.expiresAt,
    scopes: Buffer.from(access.scopes.join(' ')).toString('base64'),
    hubId: access.portalId,
    userId: access.userId,
    appId: APP_ID,
    signature: '',
    scopeToScopeGroupPks: '',
    newSignature: '',
    hublet: 'eu1',
    trialScopes: '',
    trialScopeToScopeGroupPks: '',
    isUserLevel: false,
    installingUserId: access.userId,
    isServiceAccount: false,
    isPrivateDistribution: false,
  };
}

/** Revoking an unknown token is not an error (RFC 7009). Only refresh tokens can be revoked. */
function revoke(parts: Parts, fields: Fields, reply: FastifyReply): FastifyReply {
  const wrongClient = badClient(parts, fields);
  if (wrongClient !== null) return refuse(reply, 'v3', wrongClient);
  parts.tokens.revoke(fields['token'] ?? '');
  return reply.code(204).send();
}

function accessInfo(parts: Parts, value: string): object {
  const access = parts.tokens.accessToken(value);
  if (access === undefined || access.revoked || access.expiresAt <= Date.now()) throw unknownToken(value);
  const { token_type: _type, client_id: _client, ...rest } = about(parts, value, access);
  return {
    ...rest,
    token_type: 'access',
    expires_in: secondsLeft(access.expiresAt),
    signed_access_token: signed(access),
  };
}

function refreshInfo(parts: Parts, value: string): object {
  const refresh = parts.tokens.refreshToken(value);
  if (refresh === undefined || refresh.revoked) throw unknownToken(value);
  const { app_id: _app, is_private_distribution: _private, ...rest } = about(parts, value, refresh);
  return { ...rest, token_type: 'refresh' };
}

function unknownToken(value: string): ApiError {
  return new ApiError(404, `invalid token ${value.slice(0, 6)}…`, { category: 'OBJECT_NOT_FOUND' });
}

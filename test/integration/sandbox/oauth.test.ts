import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { at, caller, replyOf } from './client';
import type { Reply } from './client';

const REDIRECT = 'http://localhost:3999/callback?x=1';
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ searchLagMs: 0 });
});
afterEach(() => {
  sandbox.settings.codeSeconds = 60;
});
afterAll(() => sandbox.close());

function question(extra: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({
    client_id: 'sandbox-client',
    redirect_uri: REDIRECT,
    scope: 'oauth crm.objects.contacts.read',
    optional_scope: 'crm.objects.custom.read crm.objects.owners.read',
    state: 's1',
    ...extra,
  });
}

/** Presses a button of the consent page as a user of an account. */
async function decide(
  decision: string,
  user: { portalId: number; id: number },
  extra: Record<string, string> = {},
): Promise<Response> {
  const body = question(extra);
  body.set('account', `${user.portalId}:${user.id}`);
  body.set('decision', decision);
  return fetch(`${sandbox.url}/oauth/authorize`, { method: 'POST', body, redirect: 'manual' });
}

function userOf(portalId: number, mayInstall: boolean): { portalId: number; id: number } {
  const found = sandbox.portals.users(portalId).find((each) => each.mayInstall === mayInstall);
  if (found === undefined) throw new Error('no such user');
  return found;
}

async function codeFor(portalId: number, extra: Record<string, string> = {}): Promise<string> {
  const answer = await decide('connect', userOf(portalId, true), extra);
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

async function form(path: string, fields: Record<string, string>): Promise<Reply> {
  const body = new URLSearchParams({ client_id: 'sandbox-client', client_secret: 'sandbox-secret', ...fields });
  return replyOf(await fetch(`${sandbox.url}${path}`, { method: 'POST', body }));
}

const exchange = (code: string, extra: Record<string, string> = {}, path = '/oauth/2026-03/token') =>
  form(path, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...extra });

test('a code comes with the state, works once, and its token names portal, user and scopes', async () => {
  const answer = await decide('connect', userOf(4815162, true));
  const location = new URL(answer.headers.get('location') ?? '');
  expect([answer.status, location.searchParams.get('state'), location.searchParams.get('x')]).toEqual([302, 's1', '1']);
  const code = location.searchParams.get('code') ?? '';
  const token = await exchange(code);
  expect(token.status).toBe(200);
  expect(token.body).toEqual({
    token_type: 'bearer',
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    expires_in: 1800,
    hub_id: 4815162,
    user_id: userOf(4815162, true).id,
    scopes: ['oauth', 'crm.objects.contacts.read', 'crm.objects.custom.read', 'crm.objects.owners.read'],
    token_use: 'access_token',
  });
  const again = await exchange(code);
  expect([again.status, again.body]).toEqual([
    400,
    {
      error: 'invalid_grant',
      error_description: 'missing or unknown auth code',
      status: 'BAD_AUTH_CODE',
      message: 'missing or unknown auth code',
    },
  ]);
});

test('a code is bound to its redirect URI, client, verifier and time', async () => {
  const code = await codeFor(4815162);
  expect(at((await exchange(code, { redirect_uri: 'http://localhost:3999/other' })).body, 'status')).toBe(
    'BAD_REDIRECT_URI',
  );
  expect(at((await exchange(code, { client_secret: 'wrong' })).body, 'status')).toBe('BAD_CLIENT_SECRET');
  const verifier = 'v'.repeat(43);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const guarded = await codeFor(4815162, { code_challenge: challenge, code_challenge_method: 'S256' });
  expect(at((await exchange(guarded)).body, 'status')).toBe('BAD_CODE_VERIFIER');
  expect((await exchange(guarded, { code_verifier: verifier })).status).toBe(200);
  sandbox.settings.codeSeconds = -1;
  expect(at((await exchange(await codeFor(4815162))).body, 'status')).toBe('BAD_AUTH_CODE');
});

test('cancelling redirects with access_denied; a user who may not install stays on an error page', async () => {
  const cancelled = await decide('cancel', userOf(4815162, true));
  const location = new URL(cancelled.headers.get('location') ?? '');
  expect([location.searchParams.get('error'), location.searchParams.get('state')]).toEqual(['access_denied', 's1']);
  const refused = await decide('connect', userOf(4815162, false));
  expect([refused.status, refused.headers.get('location')]).toEqual([400, null]);
  expect(await refused.text()).toContain('You don&#39;t have permission to connect this app');
});

test('an account without custom objects drops them when optional and refuses them when required', async () => {
  const token = await exchange(await codeFor(4815199));
  expect(at(token.body, 'scopes')).toEqual(['oauth', 'crm.objects.contacts.read', 'crm.objects.owners.read']);
  const refused = await decide('connect', userOf(4815199, true), { scope: 'oauth crm.objects.custom.read' });
  expect([refused.status, refused.headers.get('location')]).toEqual([400, null]);
});

test.each([
  ['an unknown client', { client_id: 'x' }],
  ['a scope that does not exist', { scope: 'oauth crm.objects.contact.read' }],
  ['no required scope', { scope: '' }],
  ['a redirect over http to elsewhere', { redirect_uri: 'http://evil.example/cb' }],
])('the consent page refuses %s without redirecting', async (_name, extra) => {
  const page = await fetch(`${sandbox.url}/oauth/authorize?${question(extra).toString()}`, { redirect: 'manual' });
  expect([page.status, page.headers.get('location')]).toEqual([400, null]);
});

test('refreshing keeps the refresh token and the older access tokens; v1 answers in its own shape', async () => {
  const first = sandbox.tokens.issue();
  const fields = { grant_type: 'refresh_token', refresh_token: first.refreshToken };
  const refreshed = await form('/oauth/2026-09/token', fields);
  expect(at(refreshed.body, 'refresh_token')).toBe(first.refreshToken);
  expect(at(refreshed.body, 'access_token')).not.toBe(first.accessToken);
  const details = await caller(sandbox, { token: first.accessToken })('GET', '/account-info/2026-03/details');
  expect(at(details.body, 'portalId')).toBe(4815162);
  const v1 = await form('/oauth/v1/token', fields);
  expect(Object.keys(Object(v1.body)).toSorted()).toEqual([
    'access_token',
    'expires_in',
    'refresh_token',
    'token_type',
  ]);
  const bad = await form('/oauth/v1/token', { ...fields, refresh_token: 'x' });
  expect(bad.body).toEqual({ status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' });
  const wrongClient = await form('/oauth/v3/token', { ...fields, client_secret: 'x' });
  expect(at(wrongClient.body, 'status')).toBe('BAD_REFRESH_TOKEN');
});

test('introspection, revocation and uninstalling', async () => {
  const { accessToken, refreshToken } = sandbox.tokens.issue();
  const call = caller(sandbox, { token: accessToken });
  const info = await form('/oauth/2026-03/token/introspect', { token: accessToken, token_type_hint: 'access_token' });
  expect(info.body).toMatchObject({
    active: true,
    hub_id: 4815162,
    client_id: 'sandbox-client',
    token_use: 'access_token',
  });
  const v1 = await replyOf(await fetch(`${sandbox.url}/oauth/v1/access-tokens/${accessToken}`));
  expect(v1.body).toMatchObject({ token_type: 'access', hub_id: 4815162, app_id: 4242001 });
  await form('/oauth/2026-03/token/revoke', { token: refreshToken, token_type_hint: 'refresh_token' });
  expect((await form('/oauth/2026-03/token/introspect', { token: refreshToken })).body).toEqual({ active: false });
  const refresh = await form('/oauth/2026-03/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
  expect(at(refresh.body, 'status')).toBe('BAD_REFRESH_TOKEN');
  // Revoking leaves the access token alive; uninstalling does not.
  expect((await call('GET', '/crm/objects/2026-03/contacts?limit=1')).status).toBe(200);
  expect((await call('DELETE', '/appinstalls/2026-03/external-install')).status).toBe(204);
  expect(at((await call('GET', '/crm/objects/2026-03/contacts?limit=1')).body, 'category')).toBe(
    'INVALID_AUTHENTICATION',
  );
});

test('expired, unknown and missing tokens, and missing scopes', async () => {
  const expired = caller(sandbox, { token: sandbox.tokens.issue({ expiresInSeconds: -75 }).accessToken });
  const reply = await expired('GET', '/crm/objects/2026-03/contacts');
  expect(reply.status).toBe(401);
  expect(reply.body).toEqual({
    status: 'error',
    message: 'The OAuth token used to make this call expired 75 second(s) ago.',
    correlationId: expect.any(String),
    category: 'EXPIRED_AUTHENTICATION',
    context: { 'expire time': [expect.stringMatching(/^\d{4}-.*Z$/u)] },
  });
  const unknown = await caller(sandbox, { token: 'x' })('GET', '/crm/objects/2026-03/contacts');
  expect([unknown.status, at(unknown.body, 'category')]).toEqual([401, 'INVALID_AUTHENTICATION']);
  const narrow = caller(sandbox, { scopes: ['oauth', 'crm.objects.contacts.read'] });
  const write = await narrow('POST', '/crm/objects/2026-03/notes', { properties: { hs_timestamp: '1' } });
  expect([write.status, at(write.body, 'category'), at(write.body, 'context')]).toEqual([
    403,
    'MISSING_SCOPES',
    {
      requiredGranularScopes: ['crm.objects.contacts.write'],
      links: ['https://developers.hubspot.com/scopes'],
    },
  ]);
  expect((await narrow('GET', '/crm/owners/2026-03')).status).toBe(403);
});

// A real OpenID Connect provider in a process of its own, because the package is an ES module. It signs in the account
// that the test has chosen, without a page. Its settings come as JSON in the first argument.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Provider } from 'oidc-provider';

const { clients, groupsClaim = 'groups', claims = true } = JSON.parse(process.argv[2]);

/** What the provider says about each account, by its id. */
const accounts = new Map();
/** What happens at the next sign-ins. */
const next = { account: null, deny: false };

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function build(issuer) {
  const provider = new Provider(issuer, {
    clients,
    jwks: { keys: [signingKey()] },
    cookies: { keys: ['test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: [groupsClaim] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: claims },
      rpInitiatedLogout: { enabled: false },
    },
    pkce: { required: () => true },
    findAccount: (_context, id) =>
      accounts.has(id) ? { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) } : undefined,
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 600, AccessToken: 600, AuthorizationCode: 60 },
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client.clientId,
        accountId: context.oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile groups');
      grant.addOIDCClaims(['auth_time']);
      await grant.save();
      return grant;
    },
  });
  return provider;
}

let provider;
let handle;
const server = createServer((request, response) => void answer(request, response));

async function answer(request, response) {
  if (request.url === '/test' && request.method === 'POST') {
    let text = '';
    for await (const chunk of request) text += chunk;
    const change = JSON.parse(text);
    if (change.accounts) for (const [id, values] of Object.entries(change.accounts)) accounts.set(id, values);
    if ('account' in change) next.account = change.account;
    if ('deny' in change) next.deny = change.deny;
    if (change.rotateKeys) start();
    response.end('{}');
    return;
  }
  if (request.url.startsWith('/interaction/')) {
    const result = next.deny
      ? { error: 'access_denied', error_description: 'The account is locked' }
      : { login: { accountId: next.account } };
    await provider.interactionFinished(request, response, result);
    return;
  }
  handle(request, response);
}

function start() {
  provider = build(`http://localhost:${server.address().port}`);
  handle = provider.callback();
}

server.listen(0, 'localhost', () => {
  start();
  process.stdout.write(`${JSON.stringify({ issuer: `http://localhost:${server.address().port}` })}\n`);
});
process.on('disconnect', () => process.exit());

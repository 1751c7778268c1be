import type { FastifyInstance, FastifyReply } from 'fastify';
import type { User } from '../crm/catalogue';
import { textFields } from '../http/api';
import type { Parts } from '../http/api';
import { render } from '../pages/views';
import { ENTERPRISE_SCOPES, SCOPES, splitScopes } from './scopes';
import type { CodeChallenge } from './tokens';

const APP_NAME = 'Meeting Sync';

interface Asked {
  redirectUri: string;
  state: string | null;
  required: string[];
  optional: string[];
  challenge: CodeChallenge | null;
}

type Fields = Record<string, string>;

/** HubSpot's consent page. An invalid request ends on an error page and never at the app's redirect URI. */
export function authorizeRoutes(server: FastifyInstance, parts: Parts): void {
  for (const url of ['/oauth/authorize', '/oauth/:portalId/authorize']) {
    server.get<{ Params: { portalId?: string } }>(url, async (request, reply) => {
      const fields = textFields(request.query);
      const asked = read(parts, fields);
      if ('heading' in asked) return problem(reply, asked);
      const preselected = request.params.portalId === undefined ? null : Number(request.params.portalId);
      return html(reply, render('authorize', view(parts, asked, fields, preselected)));
    });
  }
  server.post('/oauth/authorize', async (request, reply) => {
    const fields = textFields(request.body);
    const asked = read(parts, fields);
    if ('heading' in asked) return problem(reply, asked);
    if (fields['decision'] !== 'connect') {
      return redirect(reply, asked, { error: 'access_denied', error_description: 'The user denied the request' });
    }
    const user = chosenUser(parts, fields['account'] ?? '');
    if (user === undefined) {
      return problem(reply, { heading: 'No account chosen', text: 'Go back and choose an account.', details: [] });
    }
    return connect(parts, asked, user, reply);
  });
}

function connect(parts: Parts, asked: Asked, user: User, reply: FastifyReply): FastifyReply {
  const portal = parts.crm.catalogue.portal(user.portalId);
  if (!user.mayInstall || portal === undefined) {
    return problem(reply, {
      heading: "You don't have permission to connect this app",
      text: 'Connecting an app needs Super Admin or App Marketplace Access. Ask an admin of your account to connect it.',
      details: [],
    });
  }
  const grantable = (scope: string) => portal.customObjects || !ENTERPRISE_SCOPES.has(scope);
  const withheld = asked.required.filter((scope) => !grantable(scope));
  if (withheld.length > 0) {
    return problem(reply, {
      heading: 'This account cannot connect this app',
      text: 'The app asks for permissions that the subscription of this account does not include:',
      details: withheld,
    });
  }
  // Optional scopes that the account lacks are dropped without an error.
  const scopes = [...new Set([...asked.required, ...asked.optional.filter(grantable)])];
  const code = parts.tokens.issueCode(
    { portalId: portal.id, userId: user.id, scopes },
    asked.redirectUri,
    asked.challenge,
  );
  return redirect(reply, asked, { code });
}

interface Problem {
  heading: string;
  text: string;
  details: string[];
}

function read(parts: Parts, fields: Fields): Asked | Problem {
  if (fields['client_id'] !== parts.clientId) {
    return {
      heading: "We couldn't find this app",
      text: 'The client_id of this link belongs to no app. Check the client id that the app was configured with.',
      details: [],
    };
  }
  const redirectUri = fields['redirect_uri'] ?? '';
  if (!acceptable(redirectUri)) {
    return {
      heading: 'The redirect URL does not match',
      text: 'redirect_uri must be https, or http on localhost for development:',
      details: [redirectUri === '' ? 'no redirect_uri was given' : redirectUri],
    };
  }
  const required = splitScopes(fields['scope'] ?? '');
  const optional = splitScopes(fields['optional_scope'] ?? '').filter((scope) => !required.includes(scope));
  const unknown = [...required, ...optional].filter((scope) => !(scope in SCOPES));
  if (required.length === 0 || unknown.length > 0) {
    return {
      heading: 'The permissions of this link are not right',
      text: required.length === 0 ? 'The link asks for no scope.' : 'These scopes do not exist:',
      details: unknown,
    };
  }
  // The scope `oauth` is part of every app's required scopes, and HubSpot requires all of them in the link.
  if (!required.includes('oauth')) {
    return {
      heading: 'The permissions of this link are not right',
      text: 'The link must ask for every scope that the app requires; this one is missing:',
      details: ['oauth'],
    };
  }
  const challenge = fields['code_challenge'];
  return {
    redirectUri,
    state: fields['state'] ?? null,
    required,
    optional,
    challenge:
      challenge === undefined || challenge === ''
        ? null
        : { challenge, method: fields['code_challenge_method'] === 'S256' ? 'S256' : 'plain' },
  };
}

/**
 * Redirect URIs are not registered one by one here. Every https URI is accepted, and http on this machine at any port.
 */
function acceptable(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, hash } = new URL(uri);
  if (hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

function view(parts: Parts, asked: Asked, fields: Fields, preselected: number | null): object {
  const portals = parts.crm.catalogue
    .portals()
    .filter((portal) => preselected === null || portal.id === preselected)
    .map((portal) => ({ ...portal, users: parts.crm.catalogue.users(portal.id) }));
  const first = portals.flatMap((portal) => portal.users).find((user) => user.mayInstall);
  const passed = [
    'client_id',
    'redirect_uri',
    'scope',
    'optional_scope',
    'state',
    'code_challenge',
    'code_challenge_method',
  ];
  return {
    appName: APP_NAME,
    destination: new URL(asked.redirectUri).host,
    hidden: passed.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
    portals: portals.map((portal) => ({
      ...portal,
      users: portal.users.map((user) => ({ ...user, checked: user === first })),
    })),
    scopes: [
      ...asked.required.map((name) => ({ name, text: SCOPES[name], optional: false })),
      ...asked.optional.map((name) => ({ name, text: SCOPES[name], optional: true })),
    ],
  };
}

function chosenUser(parts: Parts, account: string): User | undefined {
  const [portalId, userId] = account.split(':').map(Number);
  return parts.crm.catalogue.users(portalId ?? 0).find((user) => user.id === userId);
}

function redirect(reply: FastifyReply, asked: Asked, result: Record<string, string>): FastifyReply {
  const target = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries(result)) target.searchParams.set(name, value);
  if (asked.state !== null) target.searchParams.set('state', asked.state);
  return reply.redirect(target.toString(), 302);
}

function problem(reply: FastifyReply, each: Problem): FastifyReply {
  reply.code(400);
  return html(reply, render('problem', each));
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page);
}

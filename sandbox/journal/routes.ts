import type { FastifyInstance, FastifyRequest } from 'fastify';
import { APP_ID } from '../crm/derived-properties';
import { ApiError, validationError } from '../errors';
import { DATED, expiredAuthentication, invalidAuthentication, missingScopes, parseBody } from '../http/api';
import type { Parts } from '../http/api';
import type { Journal, JournalFile } from './journal';
import { subscriptionShape } from './subscriptions';
import type { Subscription } from './subscriptions';

const READ = 'developer.webhooks_journal.read';
const SUBSCRIPTIONS_READ = 'developer.webhooks_journal.subscriptions.read';
const SUBSCRIPTIONS_WRITE = 'developer.webhooks_journal.subscriptions.write';

/** The webhooks journal. It requires an app's own token, and its calls do not count towards any portal's limits. */
export function journalRoutes(server: FastifyInstance, parts: Parts, journal: Journal): void {
  const allow = (request: FastifyRequest, scope: string): ReadonlySet<string> => {
    const scopes = authenticateApp(request, parts);
    if (parts.settings.journal.access !== 'granted' || !scopes.has(scope)) throw missingScopes([scope]);
    return scopes;
  };
  for (const version of DATED) {
    const files = `/webhooks-journal/journal/${version}`;
    const one = (path: string, find: (offset: string) => JournalFile | undefined | null) =>
      server.get<{ Params: { offset?: string } }>(`${files}/${path}`, async (request, reply) => {
        allow(request, READ);
        const file = find(request.params.offset ?? '');
        if (file === null) throw notFound();
        if (file !== undefined) return addressOf(file);
        if (parts.settings.journal.nothingNew === 404) throw notFound();
        return reply.code(204).send();
      });
    one('earliest', () => journal.earliest());
    one('latest', () => journal.latest());
    one('offset/:offset/next', (offset) => journal.after(offset));

    const subscriptions = `/webhooks-journal/subscriptions/${version}`;
    server.get(subscriptions, (request) => {
      allow(request, SUBSCRIPTIONS_READ);
      return { results: journal.subscriptions.list().map(shown) };
    });
    server.post(subscriptions, (request) => {
      const scopes = allow(request, SUBSCRIPTIONS_WRITE);
      const input = parseBody(subscriptionShape, request.body);
      if (input.subscriptionType !== 'APP_LIFECYCLE_EVENT') {
        const type = parts.crm.catalogue.type(input.portalId, input.objectTypeId);
        if (type === undefined || !parts.tokens.installed(input.portalId)) {
          throw validationError(`Portal ${input.portalId} has no object type ${input.objectTypeId} for this app`);
        }
        // "You'll also need to authorize any scopes that correspond to the object types": of the app, or of this token?
        // The stricter reading: of the token.
        if (!scopes.has(type.readScope)) throw missingScopes([type.readScope]);
      }
      return shown(journal.subscriptions.upsert(input));
    });
    server.delete<{ Params: { id: string } }>(`${subscriptions}/:id`, async (request, reply) => {
      allow(request, SUBSCRIPTIONS_WRITE);
      if (!journal.subscriptions.remove(Number(request.params.id))) throw notFound();
      return reply.code(204).send();
    });
    server.delete<{ Params: { portal: string } }>(`${subscriptions}/portals/:portal`, async (request, reply) => {
      allow(request, SUBSCRIPTIONS_WRITE);
      journal.subscriptions.removePortal(Number(request.params.portal));
      return reply.code(204).send();
    });
  }

  // The store behind the addresses is not part of the API: it knows no tokens, and refuses a request that has one.
  server.get<{ Params: { offset: string }; Querystring: { expires?: string; signature?: string } }>(
    '/journal-files/:offset',
    async (request, reply) => {
      const { offset } = request.params;
      const expires = Number(request.query.expires);
      const file = journal.file(offset);
      const good = expires > Date.now() && request.query.signature === journal.signature(offset, expires);
      if (request.headers.authorization !== undefined) return reply.code(400).type('application/xml').send(REFUSED);
      if (!good || file === undefined) return reply.code(403).type('application/xml').send(REFUSED);
      return file;
    },
  );

  function addressOf({ offset }: JournalFile) {
    const expires = Date.now() + parts.settings.journal.addressMs;
    const signature = journal.signature(offset, expires);
    return {
      url: `${parts.origin()}/journal-files/${offset}?expires=${expires}&signature=${signature}`,
      expiresAt: new Date(expires).toISOString(),
      currentOffset: offset,
    };
  }
}

const REFUSED = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>';

function notFound(): ApiError {
  return new ApiError(404, 'resource not found', { category: 'OBJECT_NOT_FOUND' });
}

/** As in the specification: it has no event type, and it always has the object type. */
function shown(subscription: Subscription): object {
  const { portalId, associatedObjectTypeIds, ...rest } = subscription;
  return {
    ...rest,
    appId: APP_ID,
    deletedAt: null,
    ...(portalId === null ? {} : { portalId }),
    ...(associatedObjectTypeIds.length === 0 ? {} : { associatedObjectTypeIds }),
  };
}

/** Returns the scopes of an app's token. A portal's token is refused here. */
function authenticateApp(request: FastifyRequest, parts: Parts): ReadonlySet<string> {
  const value = /^Bearer (?<token>\S+)$/iu.exec(request.headers.authorization ?? '')?.groups?.['token'];
  const token = value === undefined ? undefined : parts.tokens.appToken(value);
  if (token === undefined) throw invalidAuthentication();
  if (token.expiresAt <= Date.now()) throw expiredAuthentication(token.expiresAt, Date.now());
  return new Set(token.scopes);
}

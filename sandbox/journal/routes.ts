import type { FastifyInstance, FastifyRequest } from 'fastify';
import { APP_ID } from '../crm/derived-properties';
import { resourceNotFound, validationError } from '../errors';
import { bearerOf, DATED, expiredAuthentication, invalidAuthentication, scopesRequired, parseBody } from '../http/api';
import type { Parts } from '../http/api';
import type { SandboxJournal, SandboxJournalFile } from './journal';
import { subscriptionShape } from './subscriptions';
import type { Subscription, SubscriptionInput } from './subscriptions';

const READ = 'developer.webhooks_journal.read';
const SUBSCRIPTIONS_READ = 'developer.webhooks_journal.subscriptions.read';
const SUBSCRIPTIONS_WRITE = 'developer.webhooks_journal.subscriptions.write';

/** The webhooks journal. It requires an app's own token, and its calls do not count towards any portal's limits. */
export function journalRoutes(server: FastifyInstance, parts: Parts, journal: SandboxJournal): void {
  for (const version of DATED) {
    positionRoutes(server, `/webhooks-journal/journal/${version}`, parts, journal);
    subscriptionRoutes(server, `/webhooks-journal/subscriptions/${version}`, parts, journal);
  }
  fileRoutes(server, journal);
}

/** The addresses of files by their position in the journal. */
function positionRoutes(server: FastifyInstance, base: string, parts: Parts, journal: SandboxJournal): void {
  const position = (path: string, find: (offset: string) => SandboxJournalFile | undefined | null) =>
    server.get<{ Params: { offset?: string } }>(`${base}/${path}`, async (request, reply) => {
      allow(request, parts, READ);
      const file = find(request.params.offset ?? '');
      if (file === null) throw resourceNotFound();
      if (file !== undefined) return addressOf(file, parts, journal);
      if (parts.settings.journal.nothingNew === 404) throw resourceNotFound();
      return reply.code(204).send();
    });
  position('earliest', () => journal.earliest());
  position('latest', () => journal.latest());
  position('offset/:offset/next', (offset) => journal.after(offset));
}

function subscriptionRoutes(
  server: FastifyInstance,
  base: string,
  parts: Parts,
  { subscriptions }: SandboxJournal,
): void {
  server.get(base, (request) => {
    allow(request, parts, SUBSCRIPTIONS_READ);
    return { results: subscriptions.list().map(shown) };
  });
  server.post(base, (request) => {
    const scopes = allow(request, parts, SUBSCRIPTIONS_WRITE);
    const input = parseBody(subscriptionShape, request.body);
    checkSubscription(input, scopes, parts);
    return shown(subscriptions.upsert(input));
  });
  server.delete<{ Params: { id: string } }>(`${base}/:id`, async (request, reply) => {
    allow(request, parts, SUBSCRIPTIONS_WRITE);
    if (!subscriptions.remove(Number(request.params.id))) throw resourceNotFound();
    return reply.code(204).send();
  });
  server.delete<{ Params: { portal: string } }>(`${base}/portals/:portal`, async (request, reply) => {
    allow(request, parts, SUBSCRIPTIONS_WRITE);
    subscriptions.removePortal(Number(request.params.portal));
    return reply.code(204).send();
  });
}

/** The store behind the addresses is not part of the API: it knows no tokens, and refuses a request that has one. */
function fileRoutes(server: FastifyInstance, journal: SandboxJournal): void {
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
}

/** Returns the scopes of an app that may use the journal. */
function allow(request: FastifyRequest, parts: Parts, scope: string): ReadonlySet<string> {
  const scopes = authenticateApp(request, parts);
  if (parts.settings.journal.access !== 'granted' || !scopes.has(scope)) throw scopesRequired([scope]);
  return scopes;
}

/** Refuses a subscription to objects that the portal does not have, or that the app may not read. */
function checkSubscription(input: SubscriptionInput, scopes: ReadonlySet<string>, parts: Parts): void {
  if (input.subscriptionType === 'APP_LIFECYCLE_EVENT') return;
  const type = parts.crm.catalogue.type(input.portalId, input.objectTypeId);
  if (type === undefined || !parts.tokens.installed(input.portalId)) {
    throw validationError(`Portal ${input.portalId} has no object type ${input.objectTypeId} for this app`);
  }
  // "You'll also need to authorize any scopes that correspond to the object types": of the app, or of this token?
  // The stricter reading: of the token.
  if (!scopes.has(type.readScope)) throw scopesRequired([type.readScope]);
}

function addressOf({ offset }: SandboxJournalFile, parts: Parts, journal: SandboxJournal) {
  const expires = Date.now() + parts.settings.journal.addressMs;
  const signature = journal.signature(offset, expires);
  return {
    url: `${parts.origin()}/journal-files/${offset}?expires=${expires}&signature=${signature}`,
    expiresAt: new Date(expires).toISOString(),
    currentOffset: offset,
  };
}

const REFUSED = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>';

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
  const value = bearerOf(request);
  const token = value === undefined ? undefined : parts.tokens.appToken(value);
  if (token === undefined) throw invalidAuthentication();
  if (token.expiresAt <= Date.now()) throw expiredAuthentication(token.expiresAt, Date.now());
  return new Set(token.scopes);
}

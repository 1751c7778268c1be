import formbody from '@fastify/formbody';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, NoSuchPath } from '../errors';
import { bearerOf, correlationId, expiredAuthentication, unreadableJson } from './api';
import type { Parts } from './api';
import type { FaultAction } from './faults';
import { tooMany } from './limits';
import type { LoggedRequest } from './request-log';

/** The largest accepted body, in bytes: association batches have 2,000 inputs. */
const BODY_LIMIT = 8 * 1024 * 1024;

/** The longest path and query, in characters. HubSpot's edge refuses longer ones (dlt-hub/verified-sources#305). */
const LONGEST_URI = 8_000;

interface Flight {
  entry: LoggedRequest;
  action: FaultAction | null;
  correlationId: string;
}

/** The requests that are under way. */
type Flights = WeakMap<FastifyRequest, Flight>;

/** Creates the server without its routes: parsing, errors in HubSpot's form, injected faults, and the request log. */
export function createApp(parts: Parts): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 2000, ignoreTrailingSlash: true },
    forceCloseConnections: true,
    // Node's own limit on headers would close the connection before the 414 below.
    http: { maxHeaderSize: 256 * 1024 },
  });
  const flights: Flights = new WeakMap();
  readBodies(server);
  refuseLongAddresses(server);
  logRequests(server, parts, flights);
  answerErrors(server, flights);
  answerUnknownPaths(server, flights);
  return server;
}

function readBodies(server: FastifyInstance): void {
  void server.register(formbody);
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') return done(null, undefined);
    try {
      return done(null, JSON.parse(text));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unreadable';
      return done(unreadableJson(reason));
    }
  });
}

function refuseLongAddresses(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    if (!isApi(request) || request.url.length <= LONGEST_URI) return;
    await reply.code(414).type('text/html').send(htmlPage('414 Request-URI Too Large'));
  });
}

/** Logs every call of the API, with the fault that it meets. */
function logRequests(server: FastifyInstance, parts: Parts, flights: Flights): void {
  server.addHook('preHandler', async (request, reply) => {
    if (!isApi(request)) return;
    const path = pathOf(request);
    const portalId = portalOf(request, parts);
    const action = parts.faults.strike({ method: request.method, path, portalId, body: request.body });
    const entry: LoggedRequest = {
      at: Date.now(),
      method: request.method,
      path,
      query: request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '',
      portalId,
      status: null,
      durationMs: null,
      body: withoutSecrets(request.body),
      fault: action?.kind ?? null,
    };
    parts.log.add(entry);
    flights.set(request, { entry, action, correlationId: correlationId() });
    if (action !== null) await before(action, request, reply);
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const flight = flights.get(request);
    if (flight === undefined) return payload;
    reply.header('x-hubspot-correlation-id', flight.correlationId);
    reply.header('access-control-allow-credentials', 'false');
    const changed = after(flight.action, request, reply, payload);
    flight.entry.durationMs = Date.now() - flight.entry.at;
    if (!reply.raw.destroyed && !request.raw.socket.destroyed) flight.entry.status = reply.statusCode;
    return changed;
  });
}

function answerErrors(server: FastifyInstance, flights: Flights): void {
  server.setErrorHandler((error, request, reply) => {
    if (error instanceof NoSuchPath) return noSuchPath(reply);
    const id = flights.get(request)?.correlationId ?? correlationId();
    const refusal = toApiError(error);
    return reply.code(refusal.statusCode).headers(refusal.headers).send(refusal.body(id));
  });
}

/** HubSpot's servlet container answers unknown paths in HTML, and unknown methods of known paths in JSON. */
function answerUnknownPaths(server: FastifyInstance, flights: Flights): void {
  const known: RegExp[] = [];
  server.addHook('onRoute', (route) => {
    known.push(new RegExp(`^${route.url.replaceAll('.', '\\.').replaceAll(/:[A-Za-z]+/gu, '[^/]+')}/?$`, 'u'));
  });
  server.setNotFoundHandler((request, reply) => {
    if (!known.some((pattern) => pattern.test(pathOf(request)))) return noSuchPath(reply);
    const id = flights.get(request)?.correlationId ?? correlationId();
    return reply.code(405).send(new ApiError(405, 'HTTP 405 Method Not Allowed').body(id));
  });
}

function noSuchPath(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type('text/html;charset=iso-8859-1')
    .send(
      '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404 Not Found</h2>\n</body>\n</html>\n',
    );
}

/** A refusal by the edge in front of the API. */
function htmlPage(title: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? request.url;
}

/** Whether a request calls HubSpot's API, and not a page or the sandbox's control API. */
function isApi(request: FastifyRequest): boolean {
  const path = pathOf(request);
  if (request.method === 'OPTIONS') return false;
  return /^\/(?:crm|crm-object-schemas|account-info|appinstalls|webhooks-journal|journal-files|oauth\/(?:v\d|20\d\d-\d\d)|contacts\/v1)(?:\/|$)/u.test(
    path,
  );
}

function portalOf(request: FastifyRequest, parts: Parts): number | null {
  const token = bearerOf(request);
  return token === undefined ? null : (parts.tokens.accessToken(token)?.portalId ?? null);
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 415) return new ApiError(415, 'HTTP 415 Unsupported Media Type');
  if (status === 413) return new ApiError(413, 'HTTP 413 Request Entity Too Large');
  if (status >= 400 && status < 500) {
    return new ApiError(status, error instanceof Error ? error.message : 'bad request', {
      category: 'VALIDATION_ERROR',
    });
  }
  // An internal error of the sandbox. It is written to stderr, because the response says no more than HubSpot's would.
  process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return new ApiError(500, 'internal error');
}

/** Applies an injected fault before the operation. Some faults end the request here. */
async function before(action: FaultAction, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  switch (action.kind) {
    case 'cut':
      reply.hijack();
      request.raw.socket.destroy();
      return;
    case 'hang':
      // Closing the sandbox closes the connection.
      reply.hijack();
      return;
    case 'delay':
      await new Promise((resolve) => {
        setTimeout(resolve, action.ms);
      });
      return;
    case 'status':
      await reply
        .code(action.status)
        .headers(action.headers ?? {})
        .send(action.body ?? { status: 'error', message: 'internal error', correlationId: correlationId() });
      return;
    case 'html-502':
      await reply.code(502).type('text/html').send(htmlPage('502 Bad Gateway'));
      return;
    case 'empty-200': {
      const time = new Date().toISOString();
      await reply.code(200).send({ completedAt: time, status: 'COMPLETE', startedAt: time, results: [] });
      return;
    }
    case 'locked-423':
      throw new ApiError(423, 'The resource is locked by another operation. Try again in a few seconds.');
    case 'migration-477':
      throw new ApiError(
        477,
        'This account is being migrated between hosting locations. Try again later.',
        { category: 'MIGRATION_IN_PROGRESS' },
        { 'retry-after': String(action.retryAfter ?? 3600) },
      );
    case 'rate-limit-429': {
      const refusal = tooMany(action.policy);
      const headers: Record<string, string> =
        action.retryAfter === undefined ? {} : { 'retry-after': String(action.retryAfter) };
      throw new ApiError(429, refusal.message, refusal.details, headers);
    }
    case 'expired-401':
      throw expiredAuthentication(Date.now() - 75_000, Date.now());
    case 'apply-then-cut':
    case 'apply-then-500':
    case 'cut-json':
      return;
  }
}

/** Applies an injected fault to the response of an operation that was carried out. */
function after(action: FaultAction | null, request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  switch (action?.kind) {
    case 'apply-then-cut':
      request.raw.socket.destroy();
      return payload;
    case 'apply-then-500':
      reply.code(500).type('application/json;charset=utf-8').removeHeader('content-length');
      return JSON.stringify({ status: 'error', message: 'internal error', correlationId: correlationId() });
    case 'cut-json': {
      const text = typeof payload === 'string' ? payload : '';
      reply.removeHeader('content-length');
      return text.slice(0, Math.floor(text.length / 2));
    }
    default:
      return payload;
  }
}

const SECRET = new Set(['client_secret', 'refresh_token', 'code', 'code_verifier', 'token', 'access_token']);

function withoutSecrets(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body ?? null;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, SECRET.has(key) ? '[hidden]' : value]));
}

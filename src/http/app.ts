import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import accepts from '@fastify/accepts';
import helmet from '@fastify/helmet';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { registerApi } from './api/api';
import { requireAccessRules } from './plumbing/access-rules';
import { registerAssets } from './plumbing/assets';
import type { HttpDependencies } from './dependencies';
import { admitBodies } from './admission';
import { BACKFILL_SECONDS } from './api/backfill-upload';
import { answerUnreadable, limitConnections } from './connections';
import { sendProblem, unknownRoute } from './plumbing/errors';
import { Limits } from './limits';
import type { Listener } from '../runtime/listen';
import { registerHealth } from './plumbing/health';
import { registerHubSpotCard } from './hubspot-card';
import { registerMcp } from './mcp/mcp';
import { measureRequests } from './plumbing/metrics';
import { registerTemplates } from './plumbing/page-templates';
import { isPoll } from './pages/layout/polls';
import { isForPrograms, registerLanguages } from './pages/layout/languages';
import { registerPages } from './pages/pages';
import { renderErrorPage } from './pages/layout/error-page';
import { requestIds } from '../telemetry/request-ids';
import { validatorCompiler } from './plumbing/validation';
import { registerWebhooks } from './webhooks';

/** Meeting ids are up to 128 characters; percent-encoded colons make them longer. */
const MAX_PARAM_LENGTH = 400;

/** The largest form body, in bytes. Bodies of the API may be larger. */
const FORM_LIMIT = 64 * 1024;

/** The longest time to receive any request: that of a backfill. Every other route has a shorter limit. */
const REQUEST_TIMEOUT_MS = BACKFILL_SECONDS * 1_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** Limits the connections of all callers together. Each needs about ten kilobytes. */
const MOST_CONNECTIONS = 20_000;
/** Closes a connection without traffic. Our slowest response, while HubSpot is slow, takes less time than this. */
const CONNECTION_TIMEOUT_MS = 120_000;
/**
 * Longer than a load balancer keeps an idle connection (60 s is usual), so that it never uses one that we have closed.
 */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/**
 * Builds the server: API, pages, OAuth callback, webhooks and health routes.
 *
 * @param listener - the port to listen on; without one, tests use `inject`
 */
export async function buildApp(deps: HttpDependencies, listener?: Listener): Promise<FastifyInstance> {
  const { publicUrl } = deps.config;
  const answerProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(error, request, reply, publicUrl);
  const loggerInstance: FastifyBaseLogger = deps.log;
  const app = Fastify({
    loggerInstance,
    // Fastify's own log lines contain the URL, whose query may carry a sign-in token or an OAuth code.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: FORM_LIMIT,
    trustProxy: deps.config.trustProxy,
    clientErrorHandler: answerUnreadable(publicUrl),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    serverFactory: (handler: RequestListener) => serverOf(listener, handler, deps.config),
    forceCloseConnections: 'idle',
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      void answerProblem(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const limits = new Limits(deps.config.ownLimits);
  requireAccessRules(app);
  deps.tracing.http(app);
  measureRequests(app, deps.metrics);
  logRequests(app);
  await registerSecurityHeaders(app, publicUrl);
  admitBodies(app, limits);
  await app.register(accepts);
  await registerLanguages(app, publicUrl);
  await registerTemplates(app);

  app.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));
  app.setNotFoundHandler(async (request, reply) => {
    const problem = unknownRoute(app, request);
    if (wantsPage(request)) return await renderErrorPage(deps, problem, request, reply);
    return answerProblem(problem, request, reply);
  });

  registerHealth(app, deps);
  await registerAssets(app);
  await registerApi(app, { ...deps, limits });
  await registerMcp(app, { ...deps, limits });
  await registerWebhooks(app, { ...deps, limits });
  registerHubSpotCard(app, { ...deps, limits });
  await app.register(async (pages) => await registerPages(pages, { ...deps, limits }));
  // Fastify closes a server only if it bound the port itself.
  if (listener !== undefined) app.addHook('onClose', async () => await listener.close());
  await app.ready();
  listener?.open();
  return app;
}

function serverOf(
  listener: Listener | undefined,
  handler: RequestListener,
  { ownLimits, trustProxy }: HttpDependencies['config'],
): Server {
  const server = listener?.serverFor(handler) ?? createServer(handler);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.maxConnections = MOST_CONNECTIONS;
  // Behind a proxy, all connections come from the proxy.
  if (trustProxy === false) limitConnections(server, ownLimits.connectionsPerAddress);
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.setTimeout(CONNECTION_TIMEOUT_MS);
  return server;
}

/** Browsers get a page. Everything under /api, agents and every program get a problem document. */
function wantsPage(request: FastifyRequest): boolean {
  return !isForPrograms(request.url) && request.accepts().type('json', 'html') === 'html';
}

/** Logs one line for each request: the route pattern, never the URL; ids, never content. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const quiet =
      route === '/healthz' ||
      route === '/readyz' ||
      route.startsWith('/assets/') ||
      (reply.statusCode < 400 && isPoll(request));
    request.log[quiet ? 'debug' : 'info'](
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ...requestIds(request),
      },
      'request',
    );
    done();
  });
}

async function registerSecurityHeaders(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Tabler's style sheet draws its check marks and arrows from data: URLs.
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain HTTP, as on localhost, browsers must not be made to insist on HTTPS.
    strictTransportSecurity: publicUrl.startsWith('https:'),
    crossOriginOpenerPolicy: publicUrl.startsWith('https:'),
    originAgentCluster: publicUrl.startsWith('https:'),
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // Pages and responses contain customer data, so neither browsers nor proxies may cache them. Assets set their own
    // header.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}

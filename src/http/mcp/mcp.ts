import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../store/audit/actor';
import { apiActor, authenticateApi } from '../api/auth';
import type { Api } from '../api/typed-api';
import type { LimitedHttpDependencies } from '../dependencies';
import { READ_OR_WRITE } from '../plumbing/access-rules';
import { parseJson } from '../plumbing/json-bodies';
import { ProblemError } from '../plumbing/problems';
import { serverFor } from './server';

/** Calls of tools have a few ids and words. */
const BODY_LIMIT = 64 * 1024;
/** The most messages of one request. Only versions of the protocol before 2025-06-18 have more than one. */
const MOST_MESSAGES = 20;
/** The headers of a request that the protocol is about. Others, such as the API key, stay here. */
const PROTOCOL_HEADERS = ['accept', 'content-type', 'mcp-protocol-version'] as const;

/**
 * `POST /mcp`: the tools for agents, as an MCP server (Streamable HTTP). Requests have no session, and every answer is
 * JSON. A key needs the scope of a tool: it sees no others. GET and DELETE, which are about streams and sessions, are answered with 405, as the protocol allows.
 */
export async function registerMcp(app: Api, deps: LimitedHttpDependencies): Promise<void> {
  await app.register(async (mcp: Api) => {
    parseJson(mcp);
    refuseForeignPages(mcp, deps.config.publicUrl);
    authenticateApi(mcp, deps);
    const config = { access: READ_OR_WRITE };
    mcp.post('/mcp', { bodyLimit: BODY_LIMIT, config, schema: { hide: true } }, async (request, reply) =>
      answer(deps, request, reply),
    );
  });
}

async function answer(deps: LimitedHttpDependencies, request: FastifyRequest, reply: FastifyReply) {
  const { workspaceId, scopes, body } = request;
  if (body === undefined) throw new ProblemError('invalid-json', 'The body is empty: send one JSON-RPC message.');
  await countMessages(deps, workspaceId, body);
  const actor: Actor = { ...apiActor(request), way: 'mcp' };
  const server = serverFor({ deps, workspaceId, actor, scopes, log: request.log }, request);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    const { status, headers, text } = await handled(transport, request, deps.config.publicUrl);
    return await reply.code(status).headers(headers).serializer(String).send(text);
  } finally {
    await server.close();
  }
}

async function handled(
  transport: WebStandardStreamableHTTPServerTransport,
  { headers, body }: FastifyRequest,
  publicUrl: string,
) {
  const given = PROTOCOL_HEADERS.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  const request = new Request(`${publicUrl}/mcp`, { method: 'POST', headers: given });
  const response = await transport.handleRequest(request, { parsedBody: body });
  return {
    status: response.status,
    headers: {
      'content-type': response.headers.get('content-type') ?? 'application/json',
      'cache-control': 'no-store',
    },
    text: await response.text(),
  };
}

/** A batch counts as so many calls. */
async function countMessages({ limits }: LimitedHttpDependencies, workspaceId: string, body: unknown): Promise<void> {
  if (!Array.isArray(body)) return;
  if (body.length > MOST_MESSAGES)
    throw new ProblemError(
      'bad-request',
      `A request has at most ${MOST_MESSAGES} messages: send the others in another.`,
    );
  // oxlint-disable-next-line no-await-in-loop -- each call may be the one too many
  for (let counted = 1; counted < body.length; counted += 1) await limits.call(workspaceId, 0);
}

/**
 * Browsers name the site of the page that sends a request. A page of another site must not use an installation that only
 * the browser can reach (DNS rebinding). Agents send no such header.
 */
function refuseForeignPages(app: Api, publicUrl: string): void {
  const own = new URL(publicUrl).origin;
  app.addHook('onRequest', (request, _reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || origin === own) return done();
    return done(new ProblemError('foreign-origin', 'This request comes from a web page of another site.'));
  });
}

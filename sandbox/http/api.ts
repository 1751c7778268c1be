import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SandboxCrm } from '../crm/crm';
import type { SandboxPortal } from '../crm/catalogue';
import type { SandboxObjectType } from '../crm/object-types';
import { ApiError, validationError } from '../errors';
import type { SandboxTokens } from '../oauth/tokens';
import type { SandboxSettings } from '../settings';
import type { Faults } from './faults';
import type { RouteBudget, RateLimits } from './limits';
import type { RequestLog } from './request-log';

/** The dependencies of routes. */
export interface Parts {
  crm: SandboxCrm;
  tokens: SandboxTokens;
  settings: SandboxSettings;
  limits: RateLimits;
  faults: Faults;
  log: RequestLog;
  clientId: string;
  clientSecret: string;
  /** Returns the address of the running sandbox, which is known once it listens. */
  origin: () => string;
  /** Identifies this process, so that a caller knows which sandbox responded. */
  instanceId: string;
}

/** One authenticated call. */
export interface Call {
  portal: SandboxPortal;
  userId: number;
  scopes: ReadonlySet<string>;
  method: string;
  path: string;
  /** True for paths with a date, such as /crm/objects/2026-03. */
  dated: boolean;
  params: Record<string, string>;
  query: Query;
  body: unknown;
}

export interface Answer {
  status: number;
  body?: unknown;
}

export type Handler = (call: Call) => Answer;

export const DATED = ['2026-03', '2026-09'] as const;

/** Query values. A list may be comma-separated, a repeated name, or both. */
export class Query {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  text(name: string): string | undefined {
    const value = this.values[name];
    if (Array.isArray(value)) return String(value[0]);
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): string[] {
    const value = this.values[name];
    const parts: unknown[] = Array.isArray(value) ? value : [value ?? ''];
    return parts
      .flatMap((part) => String(part).split(','))
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === 'true';
  }

  number(name: string, fallback: number, range: { min: number; max: number }): number {
    const value = this.text(name);
    if (value === undefined || value === '') return fallback;
    const parsed = Number(value);
    if (!Number.isInteger(parsed) || parsed < range.min || parsed > range.max) {
      throw validationError(`${name} must be a number between ${range.min} and ${range.max}, it was ${value}`, {
        context: { [name]: [value] },
      });
    }
    return parsed;
  }
}

/** Registers authenticated routes, each under all paths of the same operation. */
export class ApiRoutes {
  constructor(
    private readonly server: FastifyInstance,
    private readonly parts: Parts,
  ) {}

  route(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    paths: readonly string[],
    budget: RouteBudget,
    handler: Handler,
  ): void {
    for (const url of paths) {
      this.server.route({
        method,
        url,
        config: { budget, api: true },
        handler: async (request, reply) => this.answer(request, reply, budget, handler),
      });
    }
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    budget: RouteBudget,
    handler: Handler,
  ): Promise<unknown> {
    const token = authenticate(request, this.parts);
    const portal = this.parts.crm.catalogue.portal(token.portalId);
    if (portal === undefined) throw invalidAuthentication();
    checkDataCentre(portal, token.refreshToken, this.parts.tokens);
    reply.headers(this.parts.limits.take(portal.id, portal.timeZone, budget));
    const url = new URL(request.url, 'http://sandbox');
    const answer = handler({
      portal,
      userId: token.userId,
      scopes: new Set(token.scopes),
      method: request.method,
      path: url.pathname,
      dated: /\/20\d\d-\d\d(?:\/|$)/u.test(url.pathname),
      params: stringValues(request.params),
      query: new Query(recordOf(request.query)),
      body: request.body,
    });
    reply.code(answer.status);
    return answer.body === undefined ? reply.send() : reply.send(answer.body);
  }
}

/**
 * Answers 488 with the right data centre to a token that was granted before the account moved
 * (amp-labs/connectors#3509).
 */
function checkDataCentre(portal: SandboxPortal, refreshToken: string, tokens: SandboxTokens): void {
  const grant = tokens.refreshToken(refreshToken)?.grantNumber ?? 0;
  if (portal.movedAfterGrant === undefined || grant > portal.movedAfterGrant) return;
  const { dataHostingLocation } = portal;
  throw new ApiError(
    488,
    `Hub ${portal.id} is unknown to this Hublet, but it appears to exist in Hublet ${dataHostingLocation}`,
    { correctHublet: dataHostingLocation },
  );
}

/** Returns the token of a call, or throws HubSpot's 401 for a missing, unknown or expired one. */
function authenticate(request: FastifyRequest, parts: Parts) {
  const value = bearerOf(request);
  if (value === undefined) throw invalidAuthentication();
  const token = parts.tokens.accessToken(value);
  if (token === undefined || token.revoked) throw invalidAuthentication();
  const now = Date.now();
  if (token.expiresAt <= now) throw expiredAuthentication(token.expiresAt, now);
  return token;
}

/** The 401 for a request without a known token. */
export function invalidAuthentication(): ApiError {
  return new ApiError(
    401,
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
    { category: 'INVALID_AUTHENTICATION' },
  );
}

/** The 401 for an expired token. Times are in milliseconds. */
export function expiredAuthentication(expiresAt: number, now: number): ApiError {
  const seconds = Math.max(0, Math.floor((now - expiresAt) / 1000));
  return new ApiError(401, `The OAuth token used to make this call expired ${seconds} second(s) ago.`, {
    category: 'EXPIRED_AUTHENTICATION',
    context: { 'expire time': [new Date(expiresAt).toISOString()] },
  });
}

/** Throws HubSpot's 403. The list means "any of". */
export function requireScope(call: Call, ...anyOf: string[]): void {
  if (!anyOf.some((scope) => call.scopes.has(scope))) throw scopesRequired(anyOf);
}

/** The form of most calls: the scopes are in the top-level `context`, not in `errors` (recorded). */
export function scopesRequired(anyOf: string[]): ApiError {
  return new ApiError(403, 'One or more of the following scopes are required.', {
    context: { requiredGranularScopes: anyOf, links: ['https://developers.hubspot.com/scopes'] },
    category: 'MISSING_SCOPES',
  });
}

/**
 * The older form, which the owners endpoints still use: `requiredScopes` in `errors` (HubSpot/hubspot-api-nodejs#268).
 */
export function missingOwnersScope(): ApiError {
  return new ApiError(
    403,
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    {
      errors: [
        {
          message: 'One or more of the following scopes are required.',
          context: { requiredScopes: ['crm.objects.owners.read'] },
        },
      ],
      links: { scopes: 'https://developers.hubspot.com/scopes' },
      category: 'MISSING_SCOPES',
    },
  );
}

/** Returns the object type in a path (recorded for an unknown one: a 400 without category). */
export function typeOf(parts: Parts, call: Call, param = 'type'): SandboxObjectType {
  const name = call.params[param] ?? '';
  const type = parts.crm.catalogue.type(call.portal.id, name);
  if (type === undefined) throw new ApiError(400, `Unable to infer object type from: ${name}`);
  return type;
}

/** Validates a body's shape, or throws HubSpot's 400 with the location of the error. */
export function parseBody<T>(shape: z.ZodType<T>, body: unknown): T {
  if (body === undefined || body === null || body === '') {
    throw validationError('Invalid JSON input: a request body was expected, but none found');
  }
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.filter(
    (issue) => issue.code === 'invalid_type' && valueAt(body, issue.path) === undefined,
  );
  if (missing.length > 0) {
    const names = missing.map((issue) => issue.path.join('.')).join(', ');
    throw unreadableJson(`Some required fields were not set: [${names}]`);
  }
  const first = parsed.error.issues[0];
  throw unreadableJson(`Cannot deserialize value at ${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`);
}

/**
 * The error for JSON that is invalid, or has another form than the call requires: a 400 without a category (recorded).
 */
export function unreadableJson(reason: string): ApiError {
  return new ApiError(400, `Invalid input JSON on line 1, column 1: ${reason}`);
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** Ids arrive as strings or numbers, and are strings internally. */
export const idShape = z.union([z.string(), z.number()]).transform(String);

/** Property values: strings, numbers and booleans are accepted, null clears, and anything else is refused. */
export const propertiesShape = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]).transform((value) => (value === null ? '' : String(value))),
);

/** A new id of a request, for its response and the log. */
export function correlationId(): string {
  return randomUUID();
}

/** The token of a request; undefined without one. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer (?<token>\S+)$/iu.exec(request.headers.authorization ?? '')?.groups?.['token'];
}

/** The fields of a form or a query. Values that are not text count as missing. */
export function textFields(body: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(recordOf(body)).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function stringValues(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(recordOf(value)).map(([key, each]) => [key, String(each)]));
}

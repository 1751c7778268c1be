import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Scope } from '../../store/access/scopes';

/**
 * Who may use a route: everyone (`public`), HubSpot by its signature, everyone who is signed in or has a valid key, or
 * an access with a scope; of several scopes, one is enough.
 */
export type Access = 'public' | 'hubspot' | 'signed-in' | Scope | readonly Scope[];

/** For what a pipeline reads, whose key can only write meetings. */
export const READ_OR_WRITE = ['read', 'meetings:write'] as const;

/** A route, and who may use it. */
export interface AccessRule {
  readonly method: string;
  /** The pattern: `/api/v1/meetings/:meetingId` */
  readonly url: string;
  readonly access: Access;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required: the server does not start with a route that lacks it. */
    access?: Access;
  }
  interface FastifyInstance {
    /** The rules of all routes, once the server is ready. */
    accessRules: readonly AccessRule[];
  }
}

/** Collects the rules of the routes that are registered from now on, and lets the server start only if each has one. */
export function requireAccessRules(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  const rules: AccessRule[] = [];
  app.decorate('accessRules', rules);
  app.addHook('onRoute', (route) => void routes.push(route));
  // Read at the end, because a plugin gives its routes a rule in a hook of its own, which runs after the one above.
  app.addHook('onReady', (done) => {
    const undeclared = routes.filter(({ config }) => config?.access === undefined);
    if (undeclared.length > 0) return done(new Error(`Routes without an access rule: ${namesOf(undeclared)}`));
    for (const { method, url, config } of routes)
      for (const each of [method].flat())
        if (config?.access !== undefined) rules.push({ method: each, url, access: config.access });
    return done();
  });
}

/** Whether an access with these scopes satisfies a rule. */
export function mayUse(access: Access, scopes: readonly Scope[]): boolean {
  return isOpen(access) || neededScopes(access).some((scope) => scopes.includes(scope));
}

/** The scopes of which a rule needs one; empty when it needs none. */
export function neededScopes(access: Access): readonly Scope[] {
  if (isOpen(access)) return [];
  return typeof access === 'string' ? [access] : access;
}

function isOpen(access: Access): access is 'public' | 'hubspot' | 'signed-in' {
  return access === 'public' || access === 'hubspot' || access === 'signed-in';
}

function namesOf(routes: readonly RouteOptions[]): string {
  return routes.map(({ method, url }) => `${[method].flat().join(' ')} ${url}`).join(', ');
}

import type { FastifyInstance } from 'fastify';
import type { LimitedHttpDependencies } from '../../dependencies';
import { registerHubSpotSignIn } from './hubspot';
import { registerSignInLinks } from './links';
import { registerOidcSignIn } from './oidc';
import { registerContinue } from './recent-sign-in';

/** Every way to sign in, and signing out. */
export function registerSignIn(
  pages: FastifyInstance,
  deps: Pick<LimitedHttpDependencies, 'db' | 'config' | 'limits' | 'secrets' | 'oauth' | 'hubSpotSignIn' | 'oidc'>,
): void {
  registerSignInLinks(pages, deps);
  registerHubSpotSignIn(pages, deps);
  registerOidcSignIn(pages, deps);
  registerContinue(pages, deps);
}

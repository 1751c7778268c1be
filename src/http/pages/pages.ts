import type { FastifyInstance } from 'fastify';
import type { LimitedHttpDependencies } from '../dependencies';
import { toProblem } from '../errors';
import { registerAnalyticsPages } from './analytics';
import { registerBackfillPage } from './backfills';
import { registerHubSpot } from './hubspot';
import { registerMeetingPage } from './meeting';
import { registerMeetingPages } from './meetings';
import { registerRecordPages } from './records';
import { basePath, renderErrorPage } from './render';
import { registerSession } from './session';
import { registerSettings } from './settings';
import { registerSignIn } from './sign-in';
import { registerTryNow } from './try-now';

/** What people see in a browser, and HubSpot's callback, which ends there. */
export async function registerPages(pages: FastifyInstance, deps: LimitedHttpDependencies): Promise<void> {
  await registerSession(pages, deps);
  pages.setErrorHandler(
    async (error, request, reply) => await renderErrorPage(deps, toProblem(error, request), request, reply, error),
  );
  const start = `${basePath(deps.config.publicUrl)}/settings/integrations`;
  pages.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect(start, 303));
  registerSignIn(pages, deps);
  registerSettings(pages, deps);
  registerHubSpot(pages, deps);
  registerTryNow(pages, deps);
  registerMeetingPages(pages, deps);
  registerBackfillPage(pages, deps);
  registerMeetingPage(pages, deps);
  registerRecordPages(pages, deps);
  registerAnalyticsPages(pages, deps);
}

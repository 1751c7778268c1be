import type { FastifyInstance } from 'fastify';
import { t } from '../../languages/text';
import type { LimitedHttpDependencies } from '../dependencies';
import { toProblem } from '../plumbing/errors';
import { registerAnalyticsPages } from './analytics/analytics';
import { registerBackfillPage } from './meetings/backfills';
import { registerHubSpot } from './connect/hubspot';
import { registerMeetingPage } from './meeting/meeting';
import { registerMeetingPages } from './meetings/meetings';
import { registerOverview } from './overview/overview';
import { registerRecordsPage } from './meeting/records';
import { registerWhyLinkedPage } from './meeting/why-linked';
import { guardPages, pageOptions } from './layout/guard';
import { registerLanguageSwitch } from './layout/language-switch';
import { renderErrorPage } from './layout/error-page';
import { basePath, FOLLOW_PATH, followView, renderPage } from './layout/render';
import { registerSession } from './layout/session';
import { registerRecordPage } from './search/record';
import { registerSearch } from './search/search';
import { redirectForms } from './post-redirects';
import { registerReviewPages } from './reviews/reviews';
import { registerSettings } from './settings/settings';
import { settingsPath } from './settings/settings-nav';
import { registerSignIn } from './sign-in/sign-in';
import { registerTryNow } from './connect/try-now';

/** The pages for browsers, and HubSpot's OAuth callback, which ends on one of them. */
export async function registerPages(pages: FastifyInstance, deps: LimitedHttpDependencies): Promise<void> {
  await registerSession(pages, deps);
  guardPages(pages, deps);
  pages.setErrorHandler(
    async (error, request, reply) => await renderErrorPage(deps, toProblem(error, request), request, reply, error),
  );
  const base = basePath(deps.config.publicUrl);
  const addRedirects = redirectForms(pages, base);
  for (const [path, target] of [
    ['/', '/overview'],
    ['/settings', settingsPath('hubspot')],
    ['/integrations', settingsPath('hubspot')],
  ] as const)
    pages.get(path, pageOptions('public'), (_request, reply) => reply.redirect(`${base}${target}`, 303));
  pages.get(
    FOLLOW_PATH,
    pageOptions('read'),
    async (request, reply) =>
      await renderPage(deps, { view: followView, title: t('Connection'), section: null }, request, reply),
  );
  registerSignIn(pages, deps);
  registerLanguageSwitch(pages, deps.config.publicUrl);
  registerSettings(pages, deps);
  registerHubSpot(pages, deps);
  registerTryNow(pages, deps);
  registerOverview(pages, deps);
  registerMeetingPages(pages, deps);
  registerBackfillPage(pages, deps);
  registerMeetingPage(pages, deps);
  registerReviewPages(pages, deps);
  registerRecordsPage(pages, deps);
  registerWhyLinkedPage(pages, deps);
  registerAnalyticsPages(pages, deps);
  registerSearch(pages, deps);
  registerRecordPage(pages, deps);
  addRedirects();
}

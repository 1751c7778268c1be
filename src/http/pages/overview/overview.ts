import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { nextSteps } from '../../../analytics/next-steps';
import { nextStepsKept } from '../../../analytics/next-steps-kept';
import { runReport, type ReportDocument } from '../../../analytics/run';
import { silentDeals } from '../../../analytics/silent';
import { currentLanguage } from '../../../languages/language';
import { t } from '../../../languages/text';
import { EXAMPLE_MEETING_ID } from '../../../meeting/intake/example';
import { normaliseEmail } from '../../../meeting/people/mailboxes';
import { mayBecomeContact } from '../../../meeting/people/participants';
import { findConnection, type ConnectionRow } from '../../../store/connections/connections';
import { countOpenReviews } from '../../../store/fields/review-lists';
import { recentBackfills } from '../../../store/jobs/backfill-documents';
import { runningReconciliation } from '../../../store/jobs/reconciliations';
import { countUnderWay } from '../../../store/meetings/sync-passes';
import {
  countOutcomes,
  countReleased,
  listCauses,
  listMissingPeople,
  medianSeconds,
  readSetup,
} from '../../../store/overview/overview-facts';
import { loadSettings } from '../../../store/settings/settings';
import { describeError } from '../../../telemetry/log';
import { createContacts } from '../../acts/meeting-acts';
import type { HttpDependencies } from '../../dependencies';
import { setFlash } from '../layout/flash';
import { basePath, renderPage } from '../layout/render';
import { formFields, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { connectWords, hubSpotWorks } from '../layout/hubspot-works';
import { meetingPath } from '../layout/status-words';
import { backfillProgress, reconciliationOf } from '../meetings/progress';
import { postExample } from './example';
import { firstSteps } from './first-steps';
import { COUNTED_MINUTES, headlineOf, runningNow } from './headline';
import { needsYou, reviewsNeed } from './needs-you';
import {
  keptSteps,
  overdueSteps,
  overviewView,
  quietDeals,
  type OverviewPageModel,
  type SideCard,
} from './overview-models';
import { Remembered } from './remembered';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'log' | 'starter'>;

/** Remembered for all readers of a language. */
interface OverviewReports {
  readonly silent: ReportDocument;
  readonly steps: ReportDocument;
  readonly kept: ReportDocument;
}

const DAYS = 30;
const SHOWN_PEOPLE = 5;
const SHOWN_BACKFILLS = 3;
const SHOWN_ROWS = 4;
/** Reports read many meetings, and the page polls every two seconds while something runs. */
const REPORTS_KEPT_MS = 60_000;
/** A page on which nothing runs polls seldom. */
const IDLE_SECONDS = 10;

/** `/overview`: the home page, and its forms. */
export function registerOverview(pages: FastifyInstance, deps: Dependencies): void {
  const { publicUrl } = deps.config;
  const base = basePath(publicUrl);
  const reports = new Remembered<OverviewReports>(REPORTS_KEPT_MS);

  pages.get(
    '/overview',
    pageOptions('read'),
    async (request, reply) => await showOverview(deps, reports, request, reply),
  );

  pages.post('/overview/example', formOptions(pages, 'meetings:write'), async (request, reply) => {
    await postExample(deps, sessionOf(request));
    const action = t('To delete it, press “Remove from HubSpot”.');
    setFlash(reply, publicUrl, { kind: 'success', message: t('The example meeting was received.'), action });
    return await reply.redirect(`${base}${meetingPath(EXAMPLE_MEETING_ID)}`, 303);
  });

  pages.post('/overview/contacts', formOptions(pages, 'meetings:write'), async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    const settings = await loadSettings(deps.db, workspaceId);
    const emails = formFields(request.body, 'email')
      .slice(0, SHOWN_PEOPLE)
      .map(normaliseEmail)
      .filter((email) => mayBecomeContact(email, settings));
    const meetings = await createContacts(deps.db, workspaceId, emails, actor);
    setFlash(
      reply,
      publicUrl,
      meetings === 0
        ? { kind: 'error', message: t('No meeting waits for these people any more.'), action: '' }
        : {
            kind: 'success',
            message: t('Creating {count, plural, one {# contact} other {# contacts}}.', { count: emails.length }),
            action: t('Syncing {count, plural, one {# meeting} other {# meetings}}…', { count: meetings }),
          },
    );
    return await reply.redirect(`${base}/overview`, 303);
  });
}

async function showOverview(
  deps: Dependencies,
  reports: Remembered<OverviewReports>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const model = await loadOverview(deps, reports, workspaceId);
  const live = { path: '/overview', ...(model.busy ? {} : { everySeconds: IDLE_SECONDS }) };
  const page = { view: overviewView(model), title: t('Overview'), section: 'overview', live } as const;
  return await renderPage(deps, page, request, reply);
}

async function loadOverview(
  { db, log }: Dependencies,
  reports: Remembered<OverviewReports>,
  workspaceId: string,
): Promise<OverviewPageModel> {
  const [connection, settings] = [await findConnection(db, workspaceId), await loadSettings(db, workspaceId)];
  const connectedAt = connection?.connected_at ?? null;
  const timeZone = connection?.time_zone ?? 'UTC';
  const connect = hubSpotWorks(connection) ? null : connectWords(connection);
  const [outcomes, seconds, released, causes, missing, setup, underWay, reconciliation, backfills, openReviews] =
    await Promise.all([
      countOutcomes(db, workspaceId, DAYS),
      connectedAt && medianSeconds(db, workspaceId, connectedAt),
      connectedLately(connectedAt) ? countReleased(db, workspaceId, connectedAt) : null,
      listCauses(db, workspaceId),
      listMissingPeople(db, workspaceId, {
        limit: SHOWN_PEOPLE,
        except: EXAMPLE_MEETING_ID,
        mayBecomeContact: (email) => mayBecomeContact(email, settings),
      }),
      readSetup(db, workspaceId),
      countUnderWay(db, workspaceId),
      runningReconciliation(db, workspaceId),
      recentBackfills(db, workspaceId, SHOWN_BACKFILLS),
      countOpenReviews(db, workspaceId),
    ]);
  const jobs = {
    running: runningNow(underWay, { connectedAt, released }),
    reconciliation: reconciliationOf(reconciliation, underWay),
    backfills: backfills
      .filter(({ state, faultyLines }) => state === 'running' || faultyLines > 0)
      .map((backfill) => backfillProgress(backfill, timeZone)),
  };
  return {
    headline: headlineOf(outcomes, DAYS, seconds),
    ...jobs,
    busy:
      (jobs.running !== null && (jobs.running.total === 0 || jobs.running.done < jobs.running.total)) ||
      jobs.reconciliation !== null ||
      jobs.backfills.some(({ running }) => running),
    needs: [...needsYou(causes, missing, { timeZone, connect }), ...reviewsNeed(openReviews)],
    steps: firstSteps(connection !== null, setup),
    cards:
      connection !== null && (setup.isUsed || outcomes.onTimelines > 0)
        ? await cardsOrNone(
            connection,
            () => reports.of(`${workspaceId} ${currentLanguage().code}`, () => reportsOf(db, workspaceId)),
            log,
          )
        : [],
  };
}

function connectedLately(connectedAt: Date | null): connectedAt is Date {
  return connectedAt !== null && Date.now() - connectedAt.getTime() < COUNTED_MINUTES * 60_000;
}

/** The page has to show a broken connection, so a report that fails must not take it down. */
async function cardsOrNone(
  connection: ConnectionRow,
  reports: () => Promise<OverviewReports>,
  log: Logger,
): Promise<readonly SideCard[]> {
  try {
    const { silent, steps, kept } = await reports();
    return [quietDeals(silent, connection), overdueSteps(steps), ...keptSteps(kept)];
  } catch (error) {
    log.warn({ error: describeError(error) }, 'the reports of the overview could not be read');
    return [];
  }
}

async function reportsOf(db: HttpDependencies['db'], workspaceId: string): Promise<OverviewReports> {
  const options = { limit: SHOWN_ROWS };
  const [silent, steps, kept] = await Promise.all([
    runReport(db, workspaceId, silentDeals, { filters: {}, options }),
    runReport(db, workspaceId, nextSteps, { filters: {}, options: { ...options, due: 'overdue' } }),
    runReport(db, workspaceId, nextStepsKept, { filters: {}, options }),
  ]);
  return { silent, steps, kept };
}

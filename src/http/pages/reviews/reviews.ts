import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import type { PropertyDefinition } from '../../../meeting/fields/property';
import type { ReviewDocument } from '../../../meeting/fields/review';
import type { Settings } from '../../../meeting/settings';
import { knownProperties } from '../../../planning/fields/known-properties';
import { findConnection } from '../../../store/connections/connections';
import { countOpenReviews, listReviews } from '../../../store/fields/review-lists';
import { loadSettings } from '../../../store/settings/settings';
import type { HttpDependencies } from '../../dependencies';
import { withCursor } from '../../meeting-list';
import { ProblemError } from '../../plumbing/problems';
import { InvalidInputError } from '../../plumbing/validation';
import { decideReview, type ReviewDecision } from '../../reviews';
import { setFlash, type Flash } from '../layout/flash';
import { hubSpotWorks } from '../layout/hubspot-works';
import { basePath, renderPage } from '../layout/render';
import { formField, formFields, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { readReviewFilters, reviewFilters, reviewsPath, type ReviewTexts } from './review-filters';
import { reviewsPage, reviewsView, type ReviewsData } from './review-models';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'gateway' | 'starter'>;

const PAGE_SIZE = 25;
/** The page does not wait longer for HubSpot's options; people then edit values as texts. */
const OPTIONS_WITHIN_MS = 2_000;
const NO_PROPERTIES: ReviewsData['properties'] = new Map();

/** `/reviews`: the suggestions that wait for a person, and the forms that decide about them. */
export function registerReviewPages(pages: FastifyInstance, deps: Dependencies): void {
  const { publicUrl } = deps.config;
  const goBack = async (request: FastifyRequest, reply: FastifyReply, flash: Flash) => {
    setFlash(reply, publicUrl, flash);
    const query = new URL(formField(request.body, 'back') ?? '/reviews', 'http://page').searchParams;
    const texts = readReviewFilters(Object.fromEntries(query));
    return await reply.redirect(`${basePath(publicUrl)}${reviewsPath(texts)}`, 303);
  };

  pages.get('/reviews', pageOptions('read'), async (request, reply) => {
    const texts = readReviewFilters(request.query);
    const data = await loadReviews(deps, sessionOf(request).workspaceId, texts, formField(request.query, 'cursor'));
    const view = reviewsView(reviewsPage(data));
    return await renderPage(deps, { view, title: t('Reviews'), section: 'meetings' }, request, reply);
  });

  pages.post('/reviews', formOptions(pages, 'meetings:write'), async (request, reply) => {
    const ids = formFields(request.body, 'review').slice(0, PAGE_SIZE);
    const decision = formField(request.body, 'decision') === 'accept' ? 'accept' : 'refuse';
    return await goBack(request, reply, await decideMany(deps, request, ids, decision));
  });

  pages.post<{ Params: { id: string } }>(
    '/reviews/:id',
    formOptions(pages, 'meetings:write'),
    async (request, reply) => {
      const { id } = request.params;
      const chosen = formField(request.body, 'decision');
      const values = formFields(request.body, 'value');
      const value = formField(request.body, 'several') === undefined ? (values[0] ?? '') : values;
      const outcome = await decided(deps, request, {
        id,
        decision: chosen === 'refuse' ? 'refuse' : 'accept',
        value: chosen === 'edit' ? value : undefined,
      });
      return await goBack(request, reply, outcome ?? (chosen === 'refuse' ? refusedText(1) : acceptedText(1)));
    },
  );
}

async function loadReviews(
  deps: Dependencies,
  workspaceId: string,
  texts: ReviewTexts,
  cursor: string | undefined,
): Promise<ReviewsData> {
  const { db } = deps;
  const { status: _status, ...filters } = reviewFilters(texts);
  const [page, openCount, settings, connection] = await Promise.all([
    withCursor(() => listReviews(db, workspaceId, reviewFilters(texts), { cursor, limit: PAGE_SIZE })),
    countOpenReviews(db, workspaceId, filters),
    loadSettings(db, workspaceId),
    findConnection(db, workspaceId),
  ]);
  const mapped = settings.fieldMappings.filter(({ policy }) => policy === 'review');
  const distinct = (values: readonly (string | undefined)[]) =>
    [...new Set(values.flatMap((value) => (value === undefined ? [] : [value])))].toSorted();
  return {
    page,
    openCount,
    texts,
    objectTypes: distinct([...mapped.map((each) => each.objectType), texts.objectType]),
    fields: distinct([...mapped.map((each) => each.field), texts.field]),
    isUsed: mapped.length > 0,
    properties: await propertiesOf(deps, workspaceId, page.reviews, settings),
    timeZone: connection?.time_zone ?? 'UTC',
    works: hubSpotWorks(connection),
  };
}

/** The properties of the reviews, as HubSpot shows them. None when HubSpot does not answer soon. */
async function propertiesOf(
  { gateway }: Dependencies,
  workspaceId: string,
  reviews: readonly ReviewDocument[],
  { fieldMappings }: Settings,
): Promise<ReviewsData['properties']> {
  if (reviews.length === 0) return NO_PROPERTIES;
  const read = async () => {
    const { crm } = await gateway.connect(workspaceId);
    const known = await knownProperties(crm, new Set(reviews.map(({ objectType }) => objectType)), fieldMappings);
    return new Map(
      [...known].flatMap(([objectType, { byName }]) =>
        [...byName].map(([name, definition]): [string, PropertyDefinition] => [`${objectType}/${name}`, definition]),
      ),
    );
  };
  const late = delay(OPTIONS_WITHIN_MS, NO_PROPERTIES, { ref: false });
  return await Promise.race([read().catch(() => NO_PROPERTIES), late]);
}

/** Decides about one suggestion. @returns why it was not possible, or null */
async function decided(
  deps: Dependencies,
  request: FastifyRequest,
  given: Omit<ReviewDecision, 'workspaceId' | 'actor'>,
): Promise<Flash | null> {
  const { workspaceId, actor } = sessionOf(request);
  try {
    await decideReview(deps, { ...given, workspaceId, actor });
    return null;
  } catch (error) {
    if (error instanceof InvalidInputError) return failure(error.errors[0]?.message ?? error.message);
    if (error instanceof ProblemError) return failure(error.message);
    throw error;
  }
}

async function decideMany(
  deps: Dependencies,
  request: FastifyRequest,
  ids: readonly string[],
  decision: ReviewDecision['decision'],
): Promise<Flash> {
  if (ids.length === 0) return { kind: 'error', message: t('You did not select a suggestion.'), action: '' };
  const outcomes = await Promise.all(ids.map((id) => decided(deps, request, { id, decision })));
  const failures = outcomes.filter((outcome) => outcome !== null);
  const count = ids.length - failures.length;
  const [first] = failures;
  if (first === undefined) return decision === 'accept' ? acceptedText(count) : refusedText(count);
  const message = t('{count, plural, one {# suggestion is} other {# suggestions are}} still open.', {
    count: failures.length,
  });
  return { ...first, message, action: first.message };
}

function acceptedText(count: number): Flash {
  const message = t('{count, plural, one {The suggestion was} other {# suggestions were}} accepted.', { count });
  return { kind: 'success', message, action: t('HubSpot has the values in a moment.') };
}

function refusedText(count: number): Flash {
  const message = t('{count, plural, one {The suggestion was} other {# suggestions were}} refused.', { count });
  return { kind: 'success', message, action: t('HubSpot keeps what it has.') };
}

function failure(sentence: string): Flash {
  return { kind: 'error', message: storedText(sentence), action: '' };
}

import type { DateTime } from 'luxon';
import type { AnalyticsChoices, ChoosableValue } from '../../../analytics/choices';
import type { Cell } from '../../../analytics/report';
import type { ReportDocument } from '../../../analytics/run';
import { t } from '../../../languages/text';
import type { FieldError } from '../../../meeting/validation-errors';
import {
  analyticsQuery,
  chosenFilters,
  RECORD_TEXTS,
  withoutFilters,
  type AnalyticsTexts,
  type RecordFilterName,
} from './analytics-filters';
import { SECTIONS, type AnalyticsSection } from './analytics-sections';
import type { Ambiguity, ReadFilters } from './named-records';
import { cellText } from './cell-text';
import type { ReportModel } from './report-models';
import type { FilledView } from '../layout/view';

/** The form whose filters apply to every report of a page. */
export interface FiltersModel {
  /** Path below PUBLIC_URL that the form is sent to. */
  readonly action: string;
  /** The other query parameters, which the form sends along. */
  readonly kept: readonly { readonly name: string; readonly value: string }[];
  readonly from: string;
  readonly to: string;
  readonly owners: readonly Option[];
  readonly pipelines: readonly Option[];
  readonly stages: readonly { readonly pipeline: string; readonly options: readonly Option[] }[];
  readonly company: RecordFilter;
  /** Null when the account has no custom objects. */
  readonly object: RecordFilter | null;
  readonly industries: readonly Option[];
  readonly lifecycleStages: readonly Option[];
  readonly jobTitle: string;
  readonly invalid: readonly FieldError[];
  readonly ambiguous: readonly {
    readonly sentence: string;
    readonly choices: readonly { readonly words: string; readonly detail: string | null; readonly path: string }[];
  }[];
  readonly periods: readonly { readonly words: string; readonly path: string; readonly current: boolean }[];
  readonly narrowed: boolean;
  readonly clearPath: string;
}

interface Option {
  readonly value: string;
  readonly words: string;
  readonly chosen: boolean;
}

/** A chosen record is shown by its name and can be removed. Otherwise, the field takes a typed text. */
interface RecordFilter {
  readonly value: string;
  readonly typed: string;
  readonly name: string | null;
  readonly withoutPath: string;
}

/** `/analytics`. */
export interface AnalyticsPageModel {
  readonly sections: readonly { readonly words: string; readonly path: string; readonly current: boolean }[];
  readonly filters: FiltersModel;
  readonly tiles: readonly TileModel[];
  readonly reports: readonly ReportModel[];
}

export const analyticsView = (model: AnalyticsPageModel): FilledView => ({ template: 'analytics', model });

/** `/analytics/{report}`. */
export interface ReportPageModel {
  /** The section that has the report. */
  readonly shownIn: { readonly words: string; readonly path: string };
  readonly filters: FiltersModel;
  readonly report: ReportModel;
}

export const reportView = (model: ReportPageModel): FilledView => ({ template: 'report', model });

/** `/analytics/{report}/meetings`. */
export interface CountedPageModel {
  readonly report: { readonly title: string; readonly path: string };
  /** The section that has the report. */
  readonly shownIn: { readonly words: string; readonly path: string };
  readonly heading: string;
  readonly summary: string;
  readonly meetings: readonly {
    readonly path: string;
    readonly title: string;
    readonly when: { readonly iso: string; readonly text: string };
    readonly host: string;
    readonly score: string;
  }[];
  readonly newerPath: string | null;
  readonly olderPath: string | null;
}

export const countedView = (model: CountedPageModel): FilledView => ({ template: 'counted-meetings', model });

/** A key figure. */
interface TileModel {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly path: string;
}

/** The path of a section with these filters. */
export function sectionPath({ name }: AnalyticsSection, texts: AnalyticsTexts): string {
  return `/analytics${analyticsQuery(texts, name === SECTIONS[0].name ? {} : { section: name })}`;
}

/** The context of the form on one page. */
export interface FormContext {
  readonly action: string;
  /** The other query parameters, which the form sends along. */
  readonly kept: Readonly<Record<string, string | undefined>>;
  /** The path of the same page with other filters. */
  readonly here: (texts: AnalyticsTexts) => string;
  /** Names of the chosen company and custom object; null when not known. */
  readonly names: Readonly<Record<RecordFilterName, string | null>>;
  readonly today: DateTime;
}

/** The form with the sent values, and the options that it offers. */
export function filtersModel(read: ReadFilters, choices: AnalyticsChoices, context: FormContext): FiltersModel {
  const { texts } = read;
  const { here } = context;
  const { from, to, owner, pipeline, stage, object, industry, lifecycleStage, jobTitle } = texts;
  const options = withoutFilters(texts);
  return {
    action: context.action,
    kept: Object.entries({ ...context.kept, ...options }).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }],
    ),
    // A date field only accepts a valid date. The typed text is shown with the validation error.
    from: from ?? '',
    to: to ?? '',
    owners: withChosen(
      choices.owners.map(({ email, name }) => optionOf(email, name === null ? email : `${name} (${email})`, owner)),
      owner,
    ),
    pipelines: withChosen(
      choices.pipelines.map(({ id, label }) => optionOf(id, label, pipeline)),
      pipeline,
    ),
    stages: choices.pipelines.map(({ label, stages }) => ({
      pipeline: label,
      options: stages.map(({ id, label: words }) => optionOf(id, words, stage)),
    })),
    company: recordFilter('company', read, context),
    object: choices.customObjects || object !== undefined ? recordFilter('object', read, context) : null,
    industries: valueOptions(choices.industries, industry),
    lifecycleStages: valueOptions(choices.lifecycleStages, lifecycleStage),
    jobTitle: jobTitle ?? '',
    invalid: read.invalid,
    ambiguous: read.ambiguous.map((ambiguity) => question(ambiguity, texts, here)),
    periods: periods(context.today).map(({ words, first }) => ({
      words,
      path: here({ ...texts, from: first ?? undefined, to: undefined }),
      current: (from ?? null) === first && to === undefined,
    })),
    narrowed: chosenFilters(texts).length > 0,
    clearPath: here(options),
  };
}

function optionOf(value: string, words: string, chosen: string | undefined): Option {
  return { value, words, chosen: value === chosen };
}

function valueOptions(choices: readonly ChoosableValue[], chosen: string | undefined): readonly Option[] {
  return withChosen(
    choices.map(({ value, name }) => optionOf(value, name, chosen)),
    chosen,
  );
}

function recordFilter(
  filter: RecordFilterName,
  { texts, given }: ReadFilters,
  { here, names }: FormContext,
): RecordFilter {
  const value = texts[filter];
  return {
    value: value ?? '',
    typed: value === undefined ? (given[filter] ?? '') : '',
    name: value === undefined ? null : (names[filter] ?? value),
    withoutPath: here({ ...texts, [filter]: undefined }),
  };
}

function question(
  { filter, typed, records }: Ambiguity,
  texts: AnalyticsTexts,
  here: FormContext['here'],
): FiltersModel['ambiguous'][number] {
  return {
    sentence: t(RECORD_TEXTS[filter].which, { typed }),
    choices: records.map(({ value, name, detail }) => ({
      words: name,
      detail,
      path: here({ ...texts, [filter]: value }),
    })),
  };
}

/** A value that is not among the choices comes from the address. The form must not drop that filter silently. */
function withChosen(options: readonly Option[], chosen: string | undefined): readonly Option[] {
  if (chosen === undefined || options.some((option) => option.chosen)) return options;
  return [...options, { value: chosen, words: chosen, chosen: true }];
}

function periods(today: DateTime): { readonly words: string; readonly first: string | null }[] {
  const day = (at: DateTime) => at.toISODate();
  return [
    { words: t('All time'), first: null },
    { words: t('Last 30 days'), first: day(today.minus({ days: 29 })) },
    { words: t('Last 90 days'), first: day(today.minus({ days: 89 })) },
    { words: t('This quarter'), first: day(today.startOf('quarter')) },
    { words: t('This year'), first: day(today.startOf('year')) },
  ];
}

/** The reports whose totals are the key figures. */
export interface TileReports {
  readonly scores: ReportDocument;
  readonly coverage: ReportDocument;
  readonly nextSteps: ReportDocument;
  readonly silentDeals: ReportDocument;
}

/** The key figures of the overview. Each links to the report with the details. */
export function tiles(reports: TileReports, texts: AnalyticsTexts): TileModel[] {
  const { scores, coverage, nextSteps, silentDeals } = reports;
  const linkedToDeals = coverage.rows.find(({ key }) => key === 'deals');
  const average = scores.totals?.['score'] ?? null;
  return [
    {
      label: t('Meetings'),
      value: total(scores, 'meetings'),
      detail: t('{count} with a score', { count: total(scores, 'scored') }),
      path: `/analytics/score-over-time/meetings${analyticsQuery(texts, { column: 'meetings' })}`,
    },
    {
      label: t('Average AI score'),
      value: cellText({ type: 'percent', key: 'score' }, average, { key: '', few: false }),
      detail: t('from {count} scored meetings', { count: total(scores, 'scored') }),
      path: `/analytics/score-over-time${analyticsQuery(texts)}`,
    },
    {
      label: t('Linked to a deal'),
      value: figure('percent', linkedToDeals?.['share'] ?? null),
      detail: t('{count} of {total} meetings', {
        count: figure('number', linkedToDeals?.['meetings'] ?? null),
        total: total(coverage, 'meetings'),
      }),
      path: `/analytics/coverage${analyticsQuery(texts)}`,
    },
    {
      label: t('Next steps overdue'),
      value: total(nextSteps, 'overdue'),
      detail: t('{count} without a date', { count: total(nextSteps, 'undated') }),
      path: `/analytics/next-steps${analyticsQuery(texts)}`,
    },
    {
      label: t('Deals going quiet'),
      value: total(silentDeals, 'deals'),
      detail: t('open, no meeting for {days, number} days', { days: silentDeals.filters.days ?? 0 }),
      path: `/analytics/silent-deals${analyticsQuery(texts)}`,
    },
  ];
}

function total(document: ReportDocument, key: string): string {
  return figure('number', document.totals?.[key] ?? null);
}

function figure(type: 'number' | 'percent', value: Cell): string {
  return cellText({ type }, value, { key: '', few: false });
}

import { z } from 'zod';
import type { AnalyticsFilters, Report, ReportOption } from '../analytics/report';
import { DEFAULT_OPTIONS, type ReportQuery } from '../analytics/run';

const notADate = 'must be a date such as 2026-11-06';
const notAnOwner = 'must be the e-mail address of a host';
const notAnId = 'must be an id of 1 to 100 characters';
const notARecordId = "must be a record's id: digits only";
const notAnObject = 'must be a custom object type and an id, such as 2-123/456';
const notDays = 'must be a whole number of days from 1 to 3,650';
/** The most rows that a report can have. */
export const MOST_ROWS = 10_000;
const notALimit = `must be a whole number from 1 to ${MOST_ROWS.toLocaleString('en')}`;

// Years that PostgreSQL supports and that are plausible.
const date = z
  .string(notADate)
  .refine((text) => z.iso.date().safeParse(text).success && text >= '0001-01-01', notADate)
  .meta({ format: 'date' });
const id = z
  .string(notAnId)
  .trim()
  .min(1, notAnId)
  .max(100, notAnId)
  .refine((text) => !text.includes('\0'), notAnId);

const notAValue = 'must be a text of 1 to 200 characters';
const value = z
  .string(notAValue)
  .trim()
  .min(1, notAValue)
  .max(200, notAValue)
  .refine((text) => !text.includes('\0'), notAValue);

/** The filters of every report, as query parameters. */
export const filterFields = {
  from: date.optional().meta({ description: "First day of the period, in the HubSpot account's time zone" }),
  to: date.optional().meta({ description: 'Last day of the period' }),
  owner: z
    .string(notAnOwner)
    .trim()
    .max(320, notAnOwner)
    .refine((text) => text.includes('@') && !text.includes('\0'), notAnOwner)
    .transform((text) => text.normalize('NFC').toLowerCase())
    .optional()
    .meta({ description: "The host's e-mail address" }),
  pipeline: id.optional().meta({ description: 'Only meetings with a deal in this pipeline, and only such deals' }),
  stage: id.optional().meta({ description: 'Only meetings with a deal in this stage, and only such deals' }),
  company: z
    .string(notARecordId)
    .regex(/^\d{1,20}$/, notARecordId)
    .optional()
    .meta({ description: 'Only meetings that are linked to this company' }),
  object: z
    .string(notAnObject)
    .regex(/^2-\d{1,20}\/\d{1,20}$/, notAnObject)
    .optional()
    .meta({ description: 'Only meetings that are linked to this custom object: `2-123/456`' }),
  industry: value.optional().meta({
    description: "Only meetings with a company of this industry: HubSpot's value, such as `COMPUTER_SOFTWARE`",
  }),
  lifecycleStage: value
    .optional()
    .meta({ description: "Only meetings with a contact in this lifecycle stage: HubSpot's value, such as `customer`" }),
  jobTitle: value
    .optional()
    .meta({ description: 'Only meetings with a contact of this job title, in any case and with or without accents' }),
} satisfies Record<keyof AnalyticsFilters, z.ZodType>;

/** In the order in which addresses and forms list them. */
export const ANALYTICS_FILTERS = [
  'from',
  'to',
  'owner',
  'pipeline',
  'stage',
  'company',
  'object',
  'industry',
  'lifecycleStage',
  'jobTitle',
] as const;

/** Additional options of some reports. */
export const optionFields = {
  interval: z
    .enum(['week', 'month'], 'must be week or month')
    .optional()
    .meta({ description: 'week (from Monday) when absent' }),
  by: z
    .enum(['outcome', 'stage'], 'must be outcome or stage')
    .optional()
    .meta({ description: 'The columns: outcomes or stages of the deals; outcome when absent' }),
  days: z.coerce
    .number(notDays)
    .int(notDays)
    .min(1, notDays)
    .max(3_650, notDays)
    .optional()
    .meta({ description: `${DEFAULT_OPTIONS.days} when absent` }),
  due: z
    .enum(['all', 'overdue', 'none'], 'must be all, overdue or none')
    .optional()
    .meta({ description: 'Overdue next steps, those without a date (none), or all; all when absent' }),
  limit: z.coerce
    .number(notALimit)
    .int(notALimit)
    .min(1, notALimit)
    .max(MOST_ROWS, notALimit)
    .optional()
    .meta({ description: `The most rows; ${DEFAULT_OPTIONS.limit} when absent` }),
} satisfies Record<ReportOption, z.ZodType>;

const notAFormat = 'must be json or csv';
const format = z
  .enum(['json', 'csv'], notAFormat)
  .optional()
  .meta({ description: 'When absent, the header Accept decides; JSON by default' });

const fieldsOf = ({ options }: Pick<Report, 'options'>) => ({
  ...filterFields,
  // `fromEntries` has no named keys, so the type does not promise options that the report lacks.
  ...Object.fromEntries(options.map((option) => [option, optionFields[option]])),
});

const isInOrder = ({ from, to }: AnalyticsFilters) => from === undefined || to === undefined || from <= to;
const notInOrder = { path: ['to'], message: 'must not be before from' };

/** Query parameters of a report: its filters, its options and the format. */
export function reportQuery(report: Pick<Report, 'options'>) {
  return z.strictObject({ ...fieldsOf(report), format }).refine(isInOrder, notInOrder);
}

const notAnOffset = 'must be the nextOffset of the previous page';
const notAPageLimit = 'must be a whole number from 1 to 1,000';

/** Query parameters of the meetings behind one number of a report. */
export function behindQuery(report: Pick<Report, 'options'>) {
  return z
    .strictObject({
      ...fieldsOf({ options: report.options.filter((option) => option !== 'limit') }),
      key: z
        .string()
        .max(2_000, 'must not have more than 2,000 characters')
        .refine((text) => !text.includes('\0'), 'must be the key of a row')
        .optional()
        .meta({ description: "The row's key; the total when absent" }),
      column: z
        .string()
        .max(2_000)
        .default('meetings')
        .meta({ description: 'The key of a column that has `meetings` or `behind`' }),
      offset: z.coerce.number(notAnOffset).int(notAnOffset).min(0, notAnOffset).max(10_000_000, notAnOffset).default(0),
      limit: z.coerce
        .number(notAPageLimit)
        .int(notAPageLimit)
        .min(1, notAPageLimit)
        .max(1_000, notAPageLimit)
        .default(100),
    })
    .refine(isInOrder, notInOrder);
}

/** The filters and options of all reports, because one form serves every report on a page. */
export const analyticsForm = z.object({ ...filterFields, ...optionFields }).refine(isInOrder, notInOrder);

type Given = AnalyticsFilters & { readonly [Option in ReportOption]?: unknown };

/** The report query that validated parameters ask for. */
export function queryOf(report: Pick<Report, 'options'>, given: z.output<typeof analyticsForm>): ReportQuery {
  const filters: Given = given;
  return {
    filters: Object.fromEntries(
      ANALYTICS_FILTERS.flatMap((name) => (filters[name] === undefined ? [] : [[name, filters[name]]])),
    ),
    options: Object.fromEntries(
      report.options.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    ),
  };
}

import { t } from '../../../languages/text';
import type { ReportDocument } from '../../../analytics/run';
import { recordUrl } from '../../../meeting/hubspot-urls';
import { objectTypeId } from '../../../meeting/object-types';
import type { ConnectionRow } from '../../../store/connections/connections';
import { cellText } from '../analytics/cell-text';
import { httpLink } from '../layout/format';
import { meetingPath } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import type { BackfillRow, Progress } from '../meetings/progress';
import type { FirstStep } from './first-steps';
import type { Headline } from './headline';
import type { NeedLine } from './needs-you';

/** A row of a card beside the main column: what, whose, how late. */
interface SideLine {
  readonly title: string;
  readonly url: string | null;
  /** Whether `url` is a path below PUBLIC_URL. */
  readonly isPath: boolean;
  readonly detail: string;
  readonly late: string;
}

const KEPT_ROWS = 4;

/** The first rows of a report. */
export interface SideCard {
  readonly title: string;
  readonly lines: readonly SideLine[];
  /** What the card says without rows. */
  readonly empty: string;
  /** The whole report, and how many rows it has beyond these. */
  readonly path: string;
  readonly more: string;
}

export interface OverviewPageModel {
  readonly headline: Headline | null;
  readonly running: Progress | null;
  /** Whether any of the jobs is not at its end. */
  readonly busy: boolean;
  readonly backfills: readonly BackfillRow[];
  readonly reconciliation: Progress | null;
  readonly needs: readonly NeedLine[];
  readonly steps: readonly FirstStep[] | null;
  /** Empty until a first meeting is on a timeline. */
  readonly cards: readonly SideCard[];
}

export const overviewView = (model: OverviewPageModel): FilledView => ({ template: 'overview', model });

/** Open deals without a recent meeting. */
export function quietDeals(
  document: ReportDocument,
  account: Pick<ConnectionRow, 'portal_id' | 'ui_domain'> | null,
): SideCard {
  const column = (key: string) => document.columns.find((known) => known.key === key) ?? { type: 'text' as const };
  const silent = Number(document.totals?.['deals'] ?? 0);
  return {
    title: t('Deals going quiet'),
    lines: document.rows.map((row) => ({
      title: cellText(column('deal'), row['deal'] ?? null, row),
      url:
        account === null
          ? null
          : httpLink(recordUrl(account.ui_domain, account.portal_id, objectTypeId('deals'), String(row['recordId']))),
      isPath: false,
      detail: (['amount', 'owner'] as const)
        .map((key) => cellText(column(key), row[key] ?? null, row))
        .filter((text) => text !== '–')
        .join(' · '),
      late:
        typeof row['daysSilent'] === 'number' && row['meetings'] !== 0
          ? t('{count, plural, one {# day} other {# days}}', { count: row['daysSilent'] })
          : t('no meeting yet'),
    })),
    empty: t('No open deal here has been without a meeting for 30 days.'),
    path: '/analytics/silent-deals',
    more:
      silent > document.rows.length
        ? t('All {count, number} open deals without a recent meeting', { count: silent })
        : t('See the report'),
  };
}

/** Next steps whose date has passed, of the newest meetings. */
export function overdueSteps(document: ReportDocument): SideCard {
  const overdue = Number(document.totals?.['overdue'] ?? 0);
  return {
    title: t('Overdue next steps'),
    lines: document.rows.map((row) => ({
      title: String(row['step'] ?? ''),
      url: meetingPath(String(row['meetingId'])),
      isPath: true,
      detail: [row['stepOwner'], row['meeting']].filter((text) => typeof text === 'string' && text !== '').join(' · '),
      late:
        typeof row['daysOverdue'] === 'number'
          ? t('{count, plural, one {# day} other {# days}} late', { count: row['daysOverdue'] })
          : '',
    })),
    empty: t('No next step is overdue.'),
    path: '/analytics/next-steps?due=overdue',
    more:
      overdue > document.rows.length
        ? t('All {count, number} overdue next steps', { count: overdue })
        : t('See the report'),
  };
}

/** The people with the most tasks, and how many of theirs are completed. Empty in a workspace without tasks. */
export function keptSteps(document: ReportDocument): SideCard[] {
  const shown = document.rows.slice(0, KEPT_ROWS);
  if (shown.length === 0) return [];
  return [
    {
      title: t('Next steps kept'),
      lines: shown.map((row) => ({
        title: String(row['owner'] ?? ''),
        url: null,
        isPath: false,
        detail: t('{completed, number} of {tasks, number} tasks completed', {
          completed: Number(row['completed'] ?? 0),
          tasks: Number(row['tasks'] ?? 0),
        }),
        late:
          Number(row['overdue'] ?? 0) === 0
            ? ''
            : t('{count, plural, one {# overdue} other {# overdue}}', { count: Number(row['overdue']) }),
      })),
      empty: '',
      path: '/analytics/next-steps-kept',
      more: t('See the report'),
    },
  ];
}

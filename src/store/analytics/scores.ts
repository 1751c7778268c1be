import { sql, type RawBuilder } from 'kysely';
import type { Column } from './report';

/** What every report about scores shows of a group. */
export const scoreColumns: readonly Column[] = [
  { key: 'meetings', label: 'Meetings', type: 'number', meetings: true },
  { key: 'scored', label: 'With a score', type: 'number', meetings: true },
  { key: 'score', label: 'Average AI Score', type: 'percent', behind: true },
];

/** Which of a group's meetings a column is made of, as a condition on their facts; null for other columns. */
export function countedIn(column: string): RawBuilder<boolean> | null {
  if (column === 'scored' || column === 'score') return sql`score is not null`;
  return column === 'meetings' ? sql`true` : null;
}

export const SCORE_NOTE =
  'The AI Score is in percent of its maximum. Meetings without one count as meetings, not in the average.';

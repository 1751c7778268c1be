import { sql, type RawBuilder } from 'kysely';
import { message } from '../../languages/text';
import type { Column } from '../report';

/** The columns of every report about scores. */
export const scoreColumns: readonly Column[] = [
  { key: 'meetings', label: message('Meetings'), type: 'number', meetings: true },
  { key: 'scored', label: message('With a score'), type: 'number', meetings: true },
  { key: 'score', label: message('Average AI score'), type: 'percent', behind: true },
];

/** @returns a condition on facts that selects the meetings behind a score column, or null for other columns */
export function countedIn(column: string): RawBuilder<boolean> | null {
  if (column === 'scored' || column === 'score') return sql`score is not null`;
  return column === 'meetings' ? sql`true` : null;
}

export const SCORE_NOTE = message(
  'The AI score is in percent of its maximum. Meetings without a score are not part of the average.',
);

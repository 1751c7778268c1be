import { sql } from 'kysely';
import { message, t } from '../../languages/text';
import { analysed } from '../analysed';
import { all } from '../links';
import { fewNote, FEW, labelled, rounded, totalName, type Report } from '../report';
import { countedIn, scoreColumns, SCORE_NOTE } from './score-columns';

interface Owner {
  /** Null for the total. */
  readonly key: string | null;
  readonly name: string | null;
  readonly meetings: number;
  readonly scored: number;
  readonly score: number | null;
}

export const scoreByOwner: Report = {
  name: 'score-by-owner',
  title: message('AI score by owner'),
  description: message('The average AI score of the meetings that each person hosted.'),
  options: [],
  chart: { kind: 'bars', label: 'owner', values: ['score'] },
  async compute(scope) {
    const { rows } = await sql<Owner>`
      ${analysed(scope, { facts: ['host_email', 'host_name', 'score'] })},
      grouped as (
        select host_email as key, max(host_name collate "C") as name, count(*) as meetings, count(score) as scored, avg(score) as score
        from scoped group by rollup (host_email)
      )
      select key, coalesce(name, (
        select crm_owners.name from crm_owners
        where portal_id = ${scope.portalId}::bigint and lower(email) = key order by archived, owner_id limit 1
      )) as name, meetings, scored, score
      from grouped order by score desc nulls last, meetings desc, key
    `.execute(scope.db);
    const rowOf = ({ key, name, meetings, scored, score }: Owner) => ({
      key: key ?? '',
      few: scored < FEW,
      owner: key === null ? totalName() : (name ?? key),
      email: key,
      meetings,
      scored,
      score: rounded(score),
    });
    return {
      columns: [
        { key: 'owner', label: t('Owner'), type: 'text' },
        { key: 'email', label: t('E-mail'), type: 'text' },
        ...labelled(scoreColumns),
      ],
      rows: rows.filter(({ key }) => key !== null).map(rowOf),
      totals: rowOf(
        rows.find(({ key }) => key === null) ?? { key: null, name: null, meetings: 0, scored: 0, score: null },
      ),
      notes: [
        t('A meeting’s owner is its host, identified by e-mail address.'),
        t(SCORE_NOTE),
        fewNote('scored meetings'),
      ],
    };
  },
  meetings(_scope, { key, column }) {
    const counted = countedIn(column);
    const ofOwner = key === null ? null : sql`host_email = ${key}`;
    return counted && sql`select meeting_id from scoped where ${all([ofOwner, counted])}`;
  },
};

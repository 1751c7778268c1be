import { t } from '../../../languages/text';
import { recordName } from '../../../meeting/record-names';
import type { ConnectionRow } from '../../../store/connections/connections';
import type { HttpDependencies } from '../../dependencies';
import { objectTypes, type KnownObjectType } from '../../../store/mirror/catalogue';
import { stageLabels } from '../../../store/mirror/recent-records';
import { searchRecords, type FoundRecord } from '../../../store/search/search-records';
import { kindOf } from '../layout/status-words';
import { ranked } from './rank';
import type { Result, ResultGroup } from './result';

type Db = HttpDependencies['db'];

export const STANDARD_TYPES = ['deals', 'contacts', 'companies'] as const;
/** Of each type. */
const SHOWN = 5;
/** More records with a word are not read; the query needs another word. */
const MOST_READ = 200;

/** Records by words, a group for each type that has some. */
export async function recordGroups(
  db: Db,
  { portal_id: portalId }: ConnectionRow,
  q: string,
  words: readonly string[],
): Promise<ResultGroup[]> {
  const custom = await objectTypes(db, portalId);
  const titles = new Map([
    ['deals', t('Deals')],
    ['contacts', t('People')],
    ['companies', t('Companies')],
    ...custom.map(({ object_type: type, plural }) => [type, plural] as const),
  ]);
  // One statement for all custom types: an account may have many.
  const searched = [...STANDARD_TYPES.map((type) => [type]), custom.map((type) => type.object_type)];
  const found = await Promise.all(
    searched.map(async (types) => await searchRecords(db, { portalId, objectTypes: types }, words, MOST_READ)),
  );
  const groups = Map.groupBy(found.flat(), ({ objectType }) => objectType);
  return await Promise.all(
    [...groups].map(async ([objectType, records]) => ({
      title: titles.get(objectType) ?? objectType,
      results: ranked(await recordResults(db, portalId, records, custom), q).slice(0, SHOWN),
      more: null,
    })),
  );
}

/** Records as results: their names, with what distinguishes records of the same name. */
export async function recordResults(
  db: Db,
  portalId: number,
  records: readonly FoundRecord[],
  custom: readonly KnownObjectType[],
): Promise<Result[]> {
  const stages = records.some(({ objectType }) => objectType === 'deals')
    ? await stageLabels(db, portalId, 'deals')
    : () => null;
  return records.map(({ objectType, id, properties }) => {
    const type = custom.find((known) => known.object_type === objectType);
    const details: Readonly<Record<string, string | null | undefined>> = {
      contacts: properties['email'],
      companies: properties['domain'],
      deals: stages(properties['pipeline'] ?? null, properties['dealstage'] ?? null),
    };
    return {
      path: `/records/${objectType}/${id}`,
      name:
        recordName(objectType, properties, type?.primary_property ?? null) ??
        `${kindOf(objectType, type?.singular)} ${id}`,
      detail: details[objectType] ?? type?.singular ?? '',
      when: null,
    };
  });
}

import type { CrmNow, StandardType } from '../../../support/expected-links';
import type { Stack } from '../../../support/stack';
import { differences, lastOf, presentId, standardType } from './records';

/** The properties that readers of the mirror rely on. */
const MIRRORED: Record<StandardType, readonly string[]> = {
  contacts: ['email', 'hs_additional_emails', 'firstname', 'lastname', 'lifecyclestage', 'createdate'],
  companies: ['name', 'domain', 'hs_additional_domains', 'createdate'],
  deals: ['dealname', 'dealstage', 'pipeline', 'hs_is_closed', 'closedate', 'createdate'],
};
/** The associations that a cascade follows, which are the ones that the mirror stores. */
const FOLLOWED: Record<StandardType, readonly StandardType[]> = {
  contacts: ['companies', 'deals'],
  companies: ['deals'],
  deals: [],
};

/** Compares every mirrored record, and the associations of linked ones, with the sandbox's CRM. */
export async function mirrorDifferences(stack: Stack, now: CrmNow): Promise<string[]> {
  const found = [...(await recordDifferences(stack)), ...(await associationDifferences(stack, now))];
  return found.map((difference) => `mirror: ${difference}`);
}

async function recordDifferences({ sandbox: { crm }, product: { db }, portalId }: Stack): Promise<string[]> {
  const rows = await db.selectFrom('crm_records').selectAll().where('portal_id', '=', portalId).execute();
  const mergedInto = new Map(rows.map((row) => [`${row.object_type}/${row.record_id}`, row.merged_into]));
  return rows.flatMap((row) => {
    const type = standardType(row.object_type);
    const key = `${type}/${row.record_id}`;
    const actual = presentId(crm, type, row.record_id);
    const record = crm.get(type, actual);
    const gone = record === undefined || record.archived;
    if (row.read_at === null) return [`${key} was never read`];
    if (row.merged_into !== null) {
      const mirrored = lastOf((id) => mergedInto.get(`${type}/${id}`) ?? null, row.record_id);
      // A further merge is known only if that record is mirrored too.
      return gone || presentId(crm, type, mirrored) === actual ? [] : [`${key} is ${mirrored}, not ${actual}`];
    }
    if (actual !== row.record_id) {
      // A record merged into a deleted one counts as deleted.
      return row.archived ? [] : [`${key} is ${actual} by now, which it does not know`];
    }
    if (row.archived !== gone) return [`${key} is ${gone ? 'gone' : 'there'}, which it does not know`];
    if (gone) return [];
    return MIRRORED[type].flatMap((name) => {
      const [here, there] = [row.properties?.[name] ?? null, record.properties[name] ?? null];
      return here === there ? [] : [`${key} has ${name} ${here}, not ${there}`];
    });
  });
}

async function associationDifferences({ sandbox, product: { db }, portalId }: Stack, now: CrmNow): Promise<string[]> {
  const [linked, pairs, records] = await Promise.all([
    db.selectFrom('links').select(['object_type', 'record_id']).distinct().where('portal_id', '=', portalId).execute(),
    db.selectFrom('crm_associations').selectAll().where('portal_id', '=', portalId).execute(),
    db.selectFrom('crm_records').select(['object_type', 'record_id']).where('portal_id', '=', portalId).execute(),
  ]);
  const mirrored = new Set(records.map((row) => `${row.object_type}/${row.record_id}`));
  return linked.flatMap(({ object_type, record_id: id }) => {
    const type = standardType(object_type);
    const key = `${type}/${id}`;
    const found = FOLLOWED[type].flatMap((to) => {
      const others = pairs
        .filter((row) => row.from_object_type === type && row.from_record_id === id && row.to_object_type === to)
        .map((row) => row.to_record_id)
        // Association reads may name deleted records. They are not linked, so no page shows them.
        .filter((other) => sandbox.crm.get(to, other)?.archived === false);
      return differences(`association of ${key} with ${to}`, now.associated(type, id, to), others);
    });
    return mirrored.has(key) ? found : [`${key} is linked and not there`, ...found];
  });
}

import type { CrmNow, StandardType } from '../../../support/expected-links';
import type { Stack } from '../../../support/stack';
import { differences, lastOf, presentId, standardType } from './records';

/** What the mirror keeps of a record at least, as its readers rely on it. */
const MIRRORED: Record<StandardType, readonly string[]> = {
  contacts: ['email', 'hs_additional_emails', 'firstname', 'lastname', 'lifecyclestage', 'createdate'],
  companies: ['name', 'domain', 'hs_additional_domains', 'createdate'],
  deals: ['dealname', 'dealstage', 'pipeline', 'hs_is_closed', 'closedate', 'createdate'],
};
/** The associations that the mirror keeps: those that a cascade follows. */
const FOLLOWED: Record<StandardType, readonly StandardType[]> = {
  contacts: ['companies', 'deals'],
  companies: ['deals'],
  deals: [],
};

/** Compares the mirror with the sandbox's CRM: every record that it has, and the associations of those that are linked. */
export async function mirrorFaults(stack: Stack, now: CrmNow): Promise<string[]> {
  const faults = [...(await recordFaults(stack)), ...(await associationFaults(stack, now))];
  return faults.map((fault) => `mirror: ${fault}`);
}

async function recordFaults({ sandbox: { crm }, product: { db }, portalId }: Stack): Promise<string[]> {
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
      // Where that one went is only known if it is mirrored itself.
      return gone || presentId(crm, type, mirrored) === actual ? [] : [`${key} is ${mirrored}, not ${actual}`];
    }
    if (actual !== row.record_id) {
      // Merged into a record that was gone when it was read: as good as gone itself.
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

async function associationFaults({ sandbox, product: { db }, portalId }: Stack, now: CrmNow): Promise<string[]> {
  const [linked, pairs, records] = await Promise.all([
    db.selectFrom('links').select(['object_type', 'record_id']).distinct().where('portal_id', '=', portalId).execute(),
    db.selectFrom('crm_associations').selectAll().where('portal_id', '=', portalId).execute(),
    db.selectFrom('crm_records').select(['object_type', 'record_id']).where('portal_id', '=', portalId).execute(),
  ]);
  const mirrored = new Set(records.map((row) => `${row.object_type}/${row.record_id}`));
  return linked.flatMap(({ object_type, record_id: id }) => {
    const type = standardType(object_type);
    const key = `${type}/${id}`;
    const told = FOLLOWED[type].flatMap((to) => {
      const others = pairs
        .filter((row) => row.from_object_type === type && row.from_record_id === id && row.to_object_type === to)
        .map((row) => row.to_record_id)
        // Association reads may name what is deleted; it is linked to nothing, and so nobody is shown it.
        .filter((other) => sandbox.crm.get(to, other)?.archived === false);
      return differences(`association of ${key} with ${to}`, now.associated(type, id, to), others);
    });
    return mirrored.has(key) ? told : [`${key} is linked and not there`, ...told];
  });
}

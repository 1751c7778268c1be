import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import {
  isPerson,
  withoutAddressInName,
  masker,
  mentionMasker,
  namesOf,
  phoneEndings,
  tookPart,
  withoutPerson,
  type ErasedPerson,
} from '../../meeting/people/erased-person';
import type { FieldError } from '../../meeting/validation-errors';
import { emailSpellings } from '../../meeting/people/mailboxes';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { HUBSPOT } from '../audit/actor';
import { eraseFromAudit } from '../audit/erase-audit';
import { recordAudit } from '../audit/record-audit';
import { chunksOf } from '../chunks';
import type { Db, DbPool } from '../database';
import { maskedWarnings } from '../meetings/warnings';
import { REQUESTS } from '../meetings/requeue';
import { deleteMirroredRecords } from './mirror';
import { meetingsThatName } from './named-meetings';
import { deleteFieldsOf, deleteValuesOf, eraseFromPastValues, eraseFromWrites } from '../fields/erase-values';
import { stepsWithout } from '../../meeting/tasks/erased-steps';
import { eraseFromStepTasks } from '../engagements/tasks';
import { eraseNamed } from '../inbox/named-records';
import { eraseAnswersAbout } from './searched-answers';

/**
 * Finds the person of a contact: the contact and the mirrored contacts that were merged into it, their addresses and
 * phone numbers, the addresses by which they were found, and their names in the mirror.
 */
export async function personBehind(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  contactId: string,
): Promise<ErasedContact> {
  const { rows } = await sql<{ object_type: string; record_id: string; addresses: string[]; name: string }>`
    with recursive line (object_type, record_id) as (
      select 'contacts', ${contactId}::text
      union
      select merged.object_type, merged.record_id
      from line join crm_records as merged on merged.portal_id = ${portalId}
        and merged.object_type = line.object_type and merged.merged_into = line.record_id
    )
    select line.object_type, line.record_id, coalesce(mirrored.addresses, '{}') || array(
      select email from known_contacts as known
      where known.workspace_id = ${workspaceId} and known.portal_id = ${portalId} and known.record_id = line.record_id
    ) as addresses,
    concat_ws(' ', mirrored.properties ->> 'firstname', mirrored.properties ->> 'lastname') as name
    from line left join crm_records as mirrored on mirrored.portal_id = ${portalId}
      and mirrored.object_type = line.object_type and mirrored.record_id = line.record_id
  `.execute(db);
  const addresses = rows.flatMap((row) => row.addresses);
  return {
    records: rows.map((row) => ({ objectType: row.object_type, id: row.record_id })),
    emails: [...new Set(addresses.filter((address) => address.includes('@')).flatMap(emailSpellings))],
    phones: [...new Set(addresses.filter((address) => !address.includes('@')))],
    names: [...new Set(rows.map((row) => row.name.trim()).filter((name) => name !== ''))],
  };
}

/** A person to erase, as known in one HubSpot account. */
export interface ErasedContact extends ErasedPerson {
  /** The contact, and those merged into it. */
  readonly records: readonly RecordRef[];
}

const MEETINGS_AT_ONCE = 50;

/**
 * Erases a person from everything that the workspace stores: participants, texts and events about the contact. Masks
 * their addresses and names in the texts of every meeting, whether or not they took part. The meetings that change are
 * synced again, which removes the links that depended on the person and rewrites the activities.
 */
export async function erasePerson(
  db: DbPool,
  account: { readonly workspaceId: string; readonly portalId: number },
  contact: ErasedContact,
): Promise<void> {
  const { workspaceId } = account;
  const attended = chunksOf(await meetingsWith(db, workspaceId, contact.emails), MEETINGS_AT_ONCE);
  // First collect all names: a name from one meeting may appear in the texts of another.
  const names = new Set(contact.names);
  for (const page of attended) {
    // oxlint-disable-next-line no-await-in-loop -- bodies are large, so one page at a time
    for (const { body } of await bodiesOf(db, workspaceId, page)) {
      for (const name of body === null ? [] : namesOf(body, contact)) names.add(name);
    }
  }
  const person = { ...contact, names: [...names] };
  // oxlint-disable-next-line no-await-in-loop -- as above
  for (const page of attended) await eraseFromMeetings(db, workspaceId, page, person);
  for await (const found of meetingsThatName(db, workspaceId, person)) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    for (const page of chunksOf(found, MEETINGS_AT_ONCE)) await eraseFromMeetings(db, workspaceId, page, person);
  }
  await eraseFromBackfills(db, workspaceId, person);
  const known = { needles: needlesOf(person), mask: mentionMasker(person, []) };
  await eraseFromWrites(db, workspaceId, known);
  await eraseContact(db, account, contact, known);
}

/** Meetings with one of the addresses as a participant, or in the title. */
async function meetingsWith(db: Db, workspaceId: string, emails: readonly string[]): Promise<string[]> {
  if (emails.length === 0) return [];
  const { rows } = await sql<{ meeting_id: string }>`
    select meeting_id from meeting_listings
    where workspace_id = ${workspaceId}
      and exists (select from unnest(${emails}::text[]) as email where strpos(search_text, fold_text(email)) > 0)
    union
    select meeting_id from meeting_participants where workspace_id = ${workspaceId} and email = any (${emails})
    order by meeting_id
  `.execute(db);
  return rows.map((row) => row.meeting_id);
}

function bodiesOf(db: Db, workspaceId: string, meetingIds: readonly string[]) {
  return db
    .selectFrom('meetings')
    .select(['meeting_id', 'body', 'unmatched', 'intake_warnings', 'pass_warnings'])
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', 'in', meetingIds)
    .orderBy('meeting_id')
    .execute();
}

async function eraseFromMeetings(
  db: DbPool,
  workspaceId: string,
  meetingIds: readonly string[],
  person: ErasedPerson,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`
      select from meetings where workspace_id = ${workspaceId} and meeting_id = any (${meetingIds})
      order by meeting_id for no key update
    `.execute(transaction);
    for (const row of await bodiesOf(transaction, workspaceId, meetingIds)) {
      const { meeting_id: meetingId, body, unmatched } = row;
      if (body === null) continue;
      const key = { workspaceId, meetingId };
      const present = tookPart(body, person);
      const erased = withoutPerson(body, person);
      const isNamed = present || JSON.stringify(erased) !== JSON.stringify(body);
      // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
      await (isNamed
        ? deleteValuesOf(transaction, key)
        : eraseFromPastValues(transaction, key, mentionMasker(person, [body.host, ...body.participants])));
      const steps = stepsWithout(person, { before: body, after: erased });
      // oxlint-disable-next-line no-await-in-loop -- as above
      const areStepsChanged = await eraseFromStepTasks(transaction, key, steps);
      if (!isNamed && !areStepsChanged) continue;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await transaction
        .updateTable('meetings')
        .set({
          body: JSON.stringify(erased),
          title: erased.title,
          unmatched: JSON.stringify(
            unmatched.filter((each) => !isPerson(person, each)).map((each) => withoutAddressInName(person, each)),
          ),
          ...maskedWarnings(row, masker(person, [body.host])),
          ...(present ? { person_erased: true } : {}),
          ...REQUESTS.person_erased,
        })
        .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId }))
        .execute();
    }
    await sql`
      delete from meeting_participants
      where workspace_id = ${workspaceId} and meeting_id = any (${meetingIds}) and email = any (${person.emails})
    `.execute(transaction);
  });
}

/** Lower-case texts that find the person. */
function needlesOf({ emails, names }: ErasedPerson): string[] {
  const texts = [...emails, ...names.map((name) => name.trim().normalize('NFC').toLowerCase())];
  return texts.filter((text) => text !== '');
}

/** Erases the person from pending backfill lines and from the errors of rejected lines. */
async function eraseFromBackfills(db: DbPool, workspaceId: string, person: ErasedPerson): Promise<void> {
  const needles = needlesOf(person);
  await db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ backfill_id: string; line: number; body: string | null; faults: FieldError[] | null }>`
      select backfill_id, line, body, faults from backfill_lines
      where backfill_id in (select id from backfills where workspace_id = ${workspaceId})
        and (body is not null or faults is not null)
        and (exists (
          select from unnest(${needles}::text[]) as needle where strpos(lower(normalize(concat_ws(' ', body, faults::text))), needle) > 0
        ) or exists (
          select from unnest(${phoneEndings(person)}::text[]) as ending where strpos(regexp_replace(body, '\\D', '', 'g'), ending) > 0
        ))
      for update
    `.execute(transaction);
    const mask = masker(person, []);
    for (const { backfill_id: backfillId, line, body, faults } of rows) {
      const masked = faults?.map(({ path, message }) => ({ path: mask(path), message: mask(message) })) ?? null;
      // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
      await transaction
        .updateTable('backfill_lines')
        .set({
          body: body === null ? null : erasedLine(body, person),
          faults: masked === null ? null : JSON.stringify(masked),
        })
        .where((where) => where.and({ backfill_id: backfillId, line }))
        .execute();
    }
  });
}

function erasedLine(body: string, person: ErasedPerson): string {
  // The body was validated when it was received.
  const meeting: ProcessedMeeting = JSON.parse(body);
  return JSON.stringify(withoutPerson(meeting, person));
}

/** Erases the contact itself: its mirrored record, associations, manual links and the values in its events. */
async function eraseContact(
  db: DbPool,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  { emails, records }: ErasedContact,
  known: Parameters<typeof eraseFromAudit>[2],
): Promise<void> {
  const ids = records.map(({ id }) => id);
  await db.transaction().execute(async (transaction) => {
    await eraseAnswersAbout(transaction, workspaceId, emails);
    await eraseNamed(transaction, portalId, { emails, contactIds: ids });
    await sql`
      delete from known_contacts
      where workspace_id = ${workspaceId} and (email = any (${emails}) or (portal_id = ${portalId} and record_id = any (${ids})))
    `.execute(transaction);
    await sql`
      delete from manual_links
      where workspace_id = ${workspaceId} and portal_id = ${portalId} and object_type = 'contacts' and record_id = any (${ids})
    `.execute(transaction);
    await sql`
      delete from crm_associations where portal_id = ${portalId} and (
        (from_object_type = 'contacts' and from_record_id = any (${ids})) or (to_object_type = 'contacts' and to_record_id = any (${ids}))
      )
    `.execute(transaction);
    await sql`
      update crm_events set property_value = null
      where portal_id = ${portalId} and property_value is not null and records && ${records.map(recordKey)}
    `.execute(transaction);
    await deleteMirroredRecords(transaction, portalId, records);
    await deleteFieldsOf(transaction, portalId, ids);
    await eraseFromAudit(transaction, workspaceId, known);
    const object = { type: 'contact', id: ids[0] ?? null };
    await recordAudit(transaction, HUBSPOT, { workspaceId, action: 'privacy.erase', object });
  });
}

import { randomUUID } from 'node:crypto';
import { AssociationTypes } from '@hubspot/api-client';
import type { Crm } from '../hubspot/crm';
import type { PropertyRefusal } from '../hubspot/client/error-body';
import {
  isContactLimit,
  isForbidden,
  isRejected,
  isRejectedOrForbidden,
  type HubSpotError,
} from '../hubspot/client/errors';
import { isAboutAssociations } from '../hubspot/extras';
import { SEND_WITHIN_MS, type Properties } from '../hubspot/objects';
import type { ExternalParticipant } from '../meeting/people/participants';
import { normaliseEmail } from '../meeting/people/mailboxes';

/** A contact to create from a participant. */
export interface NewContact {
  readonly person: Pick<ExternalParticipant, 'email' | 'name' | 'phone'>;
  /** Ids of the companies to associate it with. */
  readonly companies: readonly string[];
  readonly ownerId: string | null;
  readonly meetingId: string;
}

/** A contact that was created or existed already. */
export interface MadeContact {
  readonly id: string;
  /** Properties that HubSpot refused. */
  readonly without: readonly Without[];
  /** Companies that HubSpot refused to associate the contact with. */
  readonly apart: readonly Without[];
}

/** A property, or a company's id, that a contact was created without, and HubSpot's reason. */
export type Without = Pick<PropertyRefusal, 'name' | 'rule'>;

/**
 * Creates the contact of a participant whom HubSpot does not know, or finds the one that was created in the meantime.
 * HubSpot keeps addresses unique, so it refuses a repeated create with the existing contact's id (409). Anything else
 * that HubSpot refuses, except the address, is dropped.
 *
 * @throws `HubSpotError` with the failure `rejected` when HubSpot refuses the address, and every other HubSpot error
 */
export async function createContact(crm: Crm, contact: NewContact): Promise<MadeContact> {
  const sent = { extras: extrasOf(contact), companies: contact.companies };
  return await attempt(crm, contact.person.email, sent, { without: [], apart: [] });
}

/** Everything sent besides the address. */
export interface ContactExtras {
  readonly extras: Properties;
  readonly companies: readonly string[];
}

async function attempt(
  crm: Crm,
  email: string,
  sent: ContactExtras,
  dropped: Pick<MadeContact, 'without' | 'apart'>,
): Promise<MadeContact> {
  try {
    const { id } = await crm.objects('contacts').create({
      properties: { email, ...sent.extras },
      associations: sent.companies.map((company) => ({
        id: company,
        type: { category: 'HUBSPOT_DEFINED', typeId: AssociationTypes.contactToCompany },
      })),
      traceId: randomUUID(),
      recognise: (record) => normaliseEmail(record.properties['email'] ?? '') === email,
      sendBefore: Date.now() + SEND_WITHIN_MS,
    });
    return { id, ...dropped };
  } catch (error) {
    if (!isRejectedOrForbidden(error)) throw error;
    if (isRejected(error, 'conflict')) {
      // HubSpot refuses a duplicate within one batch without an id.
      const id = error.existingId ?? (await crm.contacts.byPrimary(email))?.id;
      if (id === undefined) throw error;
      return { id, ...dropped };
    }
    const less = withoutRefused(sent, error);
    if (less === null) throw error;
    const ruleOf = (name: string) =>
      error.refusedProperties.find((each) => each.name === name)?.rule ?? error.readableMessage;
    const refused = (names: readonly string[]) => names.map((name) => ({ name, rule: ruleOf(name) }));
    return await attempt(crm, email, less, {
      without: [...dropped.without, ...refused(Object.keys(sent.extras).filter((name) => !(name in less.extras)))],
      apart: [...dropped.apart, ...refused(sent.companies.filter((id) => !less.companies.includes(id)))],
    });
  }
}

/**
 * Decides what to send after a refusal: everything except the named properties, everything except the companies if an
 * association was refused, or no extra at all. Null if the address itself or the permission was refused, or there is
 * nothing more to drop.
 */
export function withoutRefused({ extras, companies }: ContactExtras, refusal: HubSpotError): ContactExtras | null {
  const unwanted = new Set(refusal.refusedProperties.map(({ name }) => name));
  if (unwanted.has('email')) return null;
  const kept = Object.entries(extras).filter(([name]) => !unwanted.has(name));
  if (kept.length < Object.keys(extras).length) return { extras: Object.fromEntries(kept), companies };
  if (isForbidden(refusal) || isContactLimit(refusal) || kept.length + companies.length === 0) return null;
  return { extras: companies.length > 0 && isAboutAssociations(refusal) ? extras : {}, companies: [] };
}

/**
 * HubSpot itself records the app as the record's source. The property Message, which every account has, also names the
 * meeting, so that these contacts can be searched for.
 */
function extrasOf({ person: { name, phone }, ownerId, meetingId }: NewContact): Properties {
  return {
    ...contactNames(name),
    ...(phone === null ? {} : { phone }),
    ...(ownerId === null ? {} : { hubspot_owner_id: ownerId }),
    message: `Source: hubspot-meeting-sync, participant of the meeting ${meetingId}`,
  };
}

/** Titles after a comma, which no given name equals. */
const TITLE = /^(?:ph\.?d|m\.?d|mba|msc|jr|sr|esq|cpa|cfa|pmp|i{2,3}|iv)\b/i;

/**
 * Takes the last word as the family name, or the text before a comma (`Pons, Laia`). What calendars put in brackets
 * behind a name (`(Guest)`) is no part of it. A person corrects a wrong guess more easily than an empty field.
 */
export function contactNames(name: string | null): Record<string, string> {
  const bare = (name ?? '').replace(/[([][^()[\]]*[)\]]\s*$/, '').trim();
  const [before = '', after = '', ...more] = bare.split(',').map((part) => part.trim());
  if (more.length === 0 && before !== '' && after !== '' && !TITLE.test(after))
    return { firstname: after, lastname: before };
  const words = (more.length === 0 ? before : bare).split(/\s+/).filter(Boolean);
  const family = words.length > 1 ? words.at(-1) : undefined;
  const given = words.slice(0, family === undefined ? undefined : -1).join(' ');
  return { ...(given === '' ? {} : { firstname: given }), ...(family === undefined ? {} : { lastname: family }) };
}

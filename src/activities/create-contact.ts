import { randomUUID } from 'node:crypto';
import { AssociationTypes } from '@hubspot/api-client';
import type { Crm } from '../hubspot/crm';
import type { PropertyRefusal } from '../hubspot/client/error-body';
import { isRejected } from '../hubspot/client/errors';
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
  readonly without: readonly PropertyRefusal[];
}

/**
 * Creates the contact of a participant whom HubSpot does not know, or finds the one that was created in the meantime.
 * HubSpot keeps addresses unique, so it refuses a repeated create with the existing contact's id (409). Anything else
 * that HubSpot refuses, except the address, is dropped.
 *
 * @throws `HubSpotError` with the failure `rejected` when HubSpot refuses the address, and every other HubSpot error
 */
export async function createContact(crm: Crm, contact: NewContact): Promise<MadeContact> {
  return await attempt(crm, contact.person.email, { extras: extrasOf(contact), companies: contact.companies }, []);
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
  without: readonly PropertyRefusal[],
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
    return { id, without };
  } catch (error) {
    if (!isRejected(error)) throw error;
    if (error.failure.code === 'conflict') {
      // HubSpot refuses a duplicate within one batch without an id.
      const id = error.existingId ?? (await crm.contacts.byPrimary(email))?.id;
      if (id === undefined) throw error;
      return { id, without };
    }
    const less = withoutRefused(sent, error.refusedProperties);
    if (less === null) throw error;
    const refused = error.refusedProperties.filter(({ name }) => name in sent.extras);
    return await attempt(crm, email, less, [...without, ...refused]);
  }
}

/**
 * Decides what to send after a refusal: everything except the named properties, or no extra at all if none of them is
 * named. Null if the address itself was refused or there is nothing more to drop.
 */
export function withoutRefused(
  { extras, companies }: ContactExtras,
  refused: readonly Pick<PropertyRefusal, 'name'>[],
): ContactExtras | null {
  const unwanted = new Set(refused.map(({ name }) => name));
  if (unwanted.has('email')) return null;
  const kept = Object.entries(extras).filter(([name]) => !unwanted.has(name));
  if (kept.length < Object.keys(extras).length) return { extras: Object.fromEntries(kept), companies };
  return kept.length + companies.length === 0 ? null : { extras: {}, companies: [] };
}

/**
 * HubSpot itself records the app as the record's source. The property Message, which every account has, also names the
 * meeting, so that these contacts can be searched for.
 */
function extrasOf({ person: { name, phone }, ownerId, meetingId }: NewContact): Properties {
  return {
    ...names(name),
    ...(phone === null ? {} : { phone }),
    ...(ownerId === null ? {} : { hubspot_owner_id: ownerId }),
    message: `Source: hubspot-meeting-sync, participant of the meeting ${meetingId}`,
  };
}

/** Takes the last word as the family name. A person corrects a wrong guess more easily than an empty field. */
function names(name: string | null): Record<string, string> {
  const words = (name ?? '').trim().split(/\s+/).filter(Boolean);
  const family = words.length > 1 ? words.at(-1) : undefined;
  const given = words.slice(0, family === undefined ? undefined : -1).join(' ');
  return { ...(given === '' ? {} : { firstname: given }), ...(family === undefined ? {} : { lastname: family }) };
}

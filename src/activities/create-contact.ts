import { randomUUID } from 'node:crypto';
import type { Crm } from '../hubspot/crm';
import { HubSpotError } from '../hubspot/errors';
import type { ExternalParticipant } from '../meeting/participants';
import { normaliseEmail } from '../meeting/mailboxes';

const SEND_WITHIN_MS = 15_000;

/**
 * Makes the contact of a participant whom HubSpot does not know, or finds the one that somebody made meanwhile: HubSpot
 * keeps addresses unique, so a repeated create is refused with the standing contact's id (409).
 *
 * @returns the contact's id
 */
export async function createContact(crm: Crm, { email, name, phone }: ExternalParticipant): Promise<string> {
  try {
    const contact = await crm.objects('contacts').create({
      properties: { email, ...names(name), ...(phone === null ? {} : { phone }) },
      associations: [],
      traceId: randomUUID(),
      recognise: (record) => normaliseEmail(record.properties['email'] ?? '') === email,
      sendBefore: Date.now() + SEND_WITHIN_MS,
    });
    return contact.id;
  } catch (error) {
    const standing = error instanceof HubSpotError ? /Existing ID: (\d+)/.exec(error.said)?.[1] : undefined;
    if (standing !== undefined) return standing;
    if (!(error instanceof HubSpotError) || error.status !== 409) throw error;
    // Made by the same batch, for another meeting: then HubSpot names no id.
    const made = await crm.contacts.byPrimary(email);
    if (made === null) throw error;
    return made.id;
  }
}

/** The last word is the family name: a guess that a person corrects more easily than an empty field. */
function names(name: string | null): Record<string, string> {
  const words = (name ?? '').trim().split(/\s+/).filter(Boolean);
  const family = words.length > 1 ? words.at(-1) : undefined;
  const given = words.slice(0, family === undefined ? undefined : -1).join(' ');
  return { ...(given === '' ? {} : { firstname: given }), ...(family === undefined ? {} : { lastname: family }) };
}

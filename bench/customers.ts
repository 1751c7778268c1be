import type { Sandbox } from '../sandbox/sandbox';
import type { ProcessedMeetingInput } from '../src/meeting/intake/schema';
import { meeting } from '../test/support/meetings';

/** Contacts of an account. Three of them share a company, which has a deal. */
const PEOPLE = 300;
/** Known participants of each meeting. */
const PARTICIPANTS = 3;

/** Fills an account of the sandbox. @returns the addresses of its contacts, those of one company side by side */
export function createCustomers({ crm }: Sandbox, portalId: number): string[] {
  const where = { portalId };
  let company = '';
  return Array.from({ length: PEOPLE }, (_, index) => {
    const email = `p${index}@c${Math.floor(index / PARTICIPANTS)}.example`;
    const contact = crm.create('contacts', { email }, where);
    if (index % PARTICIPANTS === 0) {
      company = crm.create('companies', { domain: email.split('@')[1] ?? '' }, where).id;
      const deal = crm.create('deals', { dealname: `Deal ${index}` }, where).id;
      crm.associate('companies', company, 'deals', deal, where);
    }
    crm.associate('contacts', contact.id, 'companies', company, where);
    return email;
  });
}

/** The three addresses of the meeting with this number. */
export function participantsOf(people: readonly string[], index: number): string[] {
  return Array.from({ length: PARTICIPANTS }, (_, nth) => people[(index * PARTICIPANTS + nth) % people.length] ?? '');
}

/** A meeting of the host with three contacts of one company. Its recording's address ends with its id. */
export function meetingWith(people: readonly string[], index: number, meetingId: string): ProcessedMeetingInput {
  return meeting({
    meetingId,
    recordingUrl: recordingUrlOf(meetingId),
    participants: [
      { email: 'ana.ruiz@northwind.example', internal: true },
      ...participantsOf(people, index).map((email) => ({ email })),
    ],
  });
}

export function recordingUrlOf(meetingId: string): string {
  return `https://app.northwind.example/meetings/${meetingId}`;
}

import type { RecordRef } from './linking/cascade';
import { normaliseEmail } from './people/mailboxes';
import type { ProcessedMeeting } from './intake/schema';
import type { Warning } from './warnings';

/** Steps of a pass, as the stored warnings name them. */
export const WARNING_STEP = {
  owner: 'owner',
  participants: 'participants',
  contacts: 'contacts',
  customObjects: 'custom-objects',
  associations: 'associations',
  calendar: 'calendar',
  unplaced: 'unplaced-notes',
  extras: { summary: 'extras-summary', notes: 'extras-notes' },
} as const;

/** What a pass that writes nothing has no warnings about. */
export const WRITING_STEPS: readonly string[] = [
  WARNING_STEP.owner,
  WARNING_STEP.customObjects,
  WARNING_STEP.associations,
  WARNING_STEP.calendar,
  WARNING_STEP.unplaced,
  WARNING_STEP.extras.summary,
  WARNING_STEP.extras.notes,
];

type Kind = 'summary' | 'notes';

const NAMES: Readonly<Record<Kind, string>> = {
  summary: 'the Meeting Summary',
  notes: 'the Smart Category Notes',
};

/** An activity was written without a property. `rule`: HubSpot's words. */
export function extraWarning(kind: Kind, { name, rule }: { readonly name: string; readonly rule: string }): Warning {
  return { path: name, message: `HubSpot refused this property, and ${NAMES[kind]} is there without it: ${end(rule)}` };
}

/** The owners could not be asked for. `said`: HubSpot's words. */
export function ownerWarning(said: string): Warning {
  return {
    path: 'hubspot_owner_id',
    message: `HubSpot refused to look up the host among its owners, and the activities are written without an owner: ${end(said)}`,
  };
}

/** Addresses that HubSpot refused to look for. `refused`: HubSpot's words by mailbox. */
export function addressWarnings(
  { participants }: Pick<ProcessedMeeting, 'participants'>,
  refused: ReadonlyMap<string, string>,
): Warning[] {
  return participants.flatMap(({ email }, index) => {
    const said = email === undefined || email === null ? undefined : refused.get(normaliseEmail(email));
    if (said === undefined) return [];
    return [
      { path: `participants[${index}].email`, message: `HubSpot refused to look for this address: ${end(said)}` },
    ];
  });
}

/** HubSpot did not take a person as a contact. `mailbox`: by `normaliseEmail`; `said`: HubSpot's words. */
export function contactWarning(
  { participants }: Pick<ProcessedMeeting, 'participants'>,
  mailbox: string,
  said: string,
): Warning {
  const index = participants.findIndex(({ email }) => email !== undefined && normaliseEmail(email) === mailbox);
  return { path: `participants[${index}].email`, message: `HubSpot refused to make a contact of it: ${end(said)}` };
}

/** A contact was made without a property. `rule`: HubSpot's words. */
export function contactExtraWarning({ name, rule }: { readonly name: string; readonly rule: string }): Warning {
  return { path: name, message: `HubSpot refused this property, and a new contact was made without it: ${end(rule)}` };
}

/** Nothing of a custom object type could be read. `said`: HubSpot's words. */
export function customTypeWarning(objectType: string, said: string): Warning {
  return {
    path: objectType,
    message: `HubSpot refused to read custom objects of this type, and the meeting's links to them stay as they were: ${end(said)}`,
  };
}

/** The calendar's meetings could not be searched. `said`: HubSpot's words. */
export function calendarWarning(said: string): Warning {
  return {
    path: 'calendarEventId',
    message: `HubSpot refused to search for the calendar meeting, and the Meeting Summary is an activity of its own: ${end(said)}`,
  };
}

/** HubSpot did not put an activity on a record's timeline. `said`: its words. */
export function associationWarning(kind: Kind, { objectType, id }: RecordRef, said: string): Warning {
  return { path: `${objectType}/${id}`, message: `HubSpot refused to put ${NAMES[kind]} on this record: ${end(said)}` };
}

function end(words: string): string {
  const trimmed = words.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

import type { RecordRef } from '../linking/cascade';
import { normaliseEmail } from '../people/mailboxes';
import type { ProcessedMeeting } from '../intake/schema';
import type { Warning } from './warnings';

/** The names of a pass's steps in the stored warnings. */
export const WARNING_STEP = {
  owner: 'owner',
  participants: 'participants',
  contacts: 'contacts',
  customObjects: 'custom-objects',
  associations: 'associations',
  calendar: 'calendar',
  unplaced: 'unplaced-notes',
  extras: { summary: 'extras-summary', notes: 'extras-notes' },
  tasks: 'tasks',
} as const;

/** The steps whose warnings do not apply to a pass that writes nothing. */
export const WRITING_STEPS: readonly string[] = [
  WARNING_STEP.owner,
  WARNING_STEP.customObjects,
  WARNING_STEP.associations,
  WARNING_STEP.calendar,
  WARNING_STEP.unplaced,
  WARNING_STEP.extras.summary,
  WARNING_STEP.extras.notes,
  WARNING_STEP.tasks,
];

type Kind = 'summary' | 'notes' | 'tasks';

const NAMES: Readonly<Record<Kind, string>> = {
  summary: 'the Meeting Summary',
  notes: 'the Smart Category Notes',
  tasks: 'the tasks of next steps',
};

/** The warning for a next step whose task HubSpot refused. `index`: in the meeting's list; `refusal`: HubSpot's message. */
export function taskWarning(index: number, refusal: string): Warning {
  return {
    path: `summary.nextSteps[${index}]`,
    message: `HubSpot refused the task of this next step: ${end(refusal)}`,
  };
}

/** The warning for an activity that was written without a property. `rule`: HubSpot's message. */
export function extraWarning(kind: Kind, { name, rule }: { readonly name: string; readonly rule: string }): Warning {
  const are = kind === 'tasks' ? 'are' : 'is';
  return {
    path: name,
    message: `HubSpot refused this property, and ${NAMES[kind]} ${are} there without it: ${end(rule)}`,
  };
}

/** The warning when the owners could not be read. `refusal`: HubSpot's message. */
export function ownerWarning(refusal: string): Warning {
  return {
    path: 'hubspot_owner_id',
    message: `HubSpot refused to look up the host among its owners, and the activities are written without an owner: ${end(refusal)}`,
  };
}

/** Warnings about addresses that HubSpot refused to search for. `refused`: HubSpot's message by mailbox. */
export function addressWarnings(
  { participants }: Pick<ProcessedMeeting, 'participants'>,
  refused: ReadonlyMap<string, string>,
): Warning[] {
  return participants.flatMap(({ email }, index) => {
    const refusal = email === undefined || email === null ? undefined : refused.get(normaliseEmail(email));
    if (refusal === undefined) return [];
    return [
      { path: `participants[${index}].email`, message: `HubSpot refused to look for this address: ${end(refusal)}` },
    ];
  });
}

/** The warning when HubSpot refused to create a contact. `mailbox`: by `normaliseEmail`; `refusal`: HubSpot's message. */
export function contactWarning(
  { participants }: Pick<ProcessedMeeting, 'participants'>,
  mailbox: string,
  refusal: string,
): Warning {
  return {
    path: addressPath(participants, mailbox),
    message: `HubSpot refused to make a contact of it: ${end(refusal)}`,
  };
}

/** The warning when the account cannot take the contact of an address. `mailbox`: by `normaliseEmail`. */
export function contactLimitWarning(
  { participants }: Pick<ProcessedMeeting, 'participants'>,
  mailbox: string,
): Warning {
  return {
    path: addressPath(participants, mailbox),
    message:
      'The HubSpot account has reached its limit of contacts, and no contact was made of it. Delete contacts in HubSpot or raise the limit of its plan.',
  };
}

function addressPath(participants: ProcessedMeeting['participants'], mailbox: string): string {
  const index = participants.findIndex(({ email }) => email !== undefined && normaliseEmail(email) === mailbox);
  return `participants[${index}].email`;
}

/** The warning for a contact that was created without a property. `rule`: HubSpot's message. */
export function contactExtraWarning({ name, rule }: { readonly name: string; readonly rule: string }): Warning {
  return { path: name, message: `HubSpot refused this property, and a new contact was made without it: ${end(rule)}` };
}

/** The warning for a contact that was created without its company. `name`: the company's id; `rule`: HubSpot's message. */
export function contactCompanyWarning({ name, rule }: { readonly name: string; readonly rule: string }): Warning {
  return {
    path: `companies/${name}`,
    message: `HubSpot refused to associate a new contact with this company: ${end(rule)}`,
  };
}

/** The warning when a custom object type could not be read at all. `refusal`: HubSpot's message. */
export function customTypeWarning(objectType: string, refusal: string): Warning {
  return {
    path: objectType,
    message: `HubSpot refused to read custom objects of this type, and the meeting's links to them stay as they were: ${end(refusal)}`,
  };
}

/** The warning when the calendar's meetings could not be searched. `refusal`: HubSpot's message. */
export function calendarWarning(refusal: string): Warning {
  return {
    path: 'calendarEventId',
    message: `HubSpot refused to search for the calendar meeting, and the Meeting Summary is an activity of its own: ${end(refusal)}`,
  };
}

/** The warning when HubSpot refused to associate an activity with a record. `refusal`: HubSpot's message. */
export function associationWarning(kind: Kind, { objectType, id }: RecordRef, refusal: string): Warning {
  return {
    path: `${objectType}/${id}`,
    message: `HubSpot refused to put ${NAMES[kind]} on this record: ${end(refusal)}`,
  };
}

function end(words: string): string {
  const trimmed = words.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

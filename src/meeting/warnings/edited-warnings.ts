import type { Warning } from './warnings';

const NAMES = { summary: 'the Meeting Summary', notes: 'the Smart Category Notes' } as const;

const PROPERTIES: Readonly<Record<string, string>> = {
  hs_meeting_title: 'title',
  hs_call_title: 'title',
  hs_meeting_body: 'text',
  hs_call_body: 'text',
  hs_note_body: 'text',
  hubspot_owner_id: 'owner',
  hs_timestamp: 'time',
  hs_meeting_start_time: 'start',
  hs_meeting_end_time: 'end',
  hs_meeting_outcome: 'outcome',
  hs_meeting_external_url: 'recording link',
  hs_call_recording_url: 'recording link',
  hs_call_duration: 'duration',
  hs_call_status: 'status',
  hs_call_direction: 'direction',
};

/** The name of the step that warns about a person's changes to one activity. */
export function editedStep(kind: keyof typeof NAMES): string {
  return `edited_${kind}`;
}

/** Whether the last write kept a person's changes in HubSpot, so that Overwrite has something to replace. */
export function hasKeptEdits(passWarnings: Readonly<Record<string, readonly Warning[]>>): boolean {
  return (['summary', 'notes'] as const).some((kind) => (passWarnings[editedStep(kind)] ?? []).length > 0);
}

/** The display name of an activity's property. */
function propertyName(property: string): string {
  return PROPERTIES[property] ?? `property ${property}`;
}

/** One warning for each property that a person changed in HubSpot and that an update did not overwrite. */
export function editedWarnings(kind: keyof typeof NAMES, kept: readonly string[]): Warning[] {
  return kept.map((property) => ({
    path: property,
    message: `A person changed the ${propertyName(property)} of ${NAMES[kind]} in HubSpot, and it stays. To replace it, choose Overwrite.`,
  }));
}

/** The warning for an activity that a person changed and that the meeting no longer has content for. */
export function editedRemainsWarning(kind: keyof typeof NAMES, property: string): Warning {
  return {
    path: property,
    message: `The meeting has nothing more for ${NAMES[kind]}, but a person changed it in HubSpot, and it stays. To remove it, choose Overwrite.`,
  };
}

import type { CrmContext } from '@hubspot/ui-extensions';
import type { NextStep } from './backend';

const STATUSES: Readonly<Record<string, string>> = {
  accepted: 'Being written to HubSpot',
  syncing: 'Being written to HubSpot',
  waiting: 'Waits for HubSpot',
  needs_attention: 'Needs attention',
  skipped: 'Not in HubSpot',
};

/** Null for a meeting that is where it belongs. */
export function statusWord(status: string): string | null {
  return status === 'synced' ? null : (STATUSES[status] ?? status);
}

/** What brings a meeting to a record of this type: what to say while there is none. */
export function howMeetingsCome(objectTypeId: string): string {
  switch (objectTypeId) {
    case '0-1':
      return "A meeting appears here as soon as it is processed, when this contact's e-mail address (any of them) is among its participants.";
    case '0-2':
      return "A meeting appears here as soon as it is processed, when one of this company's contacts took part, or somebody whose address has the company's domain.";
    default:
      return "A meeting appears here as soon as it is processed, when one of this deal's contacts took part, or somebody of its company.";
  }
}

/** A time as the user's HubSpot shows it, in the account's time zone. */
export function timeText(iso: string, context: CrmContext): string {
  return formatted(new Date(iso), context, { dateStyle: 'medium', timeStyle: 'short' }, context.portal.timezone);
}

/** When a step is due, in words; a date alone belongs to no time zone. */
export function dueText({ due, dueDate }: NextStep, context: CrmContext): string | null {
  if (due === null || dueDate === null) return null;
  const day = formatted(new Date(dueDate), context, { dateStyle: 'medium' }, 'UTC');
  switch (due) {
    case 'overdue':
      return `Overdue since ${day}`;
    case 'today':
      return 'Due today';
    case 'later':
      return `Due ${day}`;
  }
}

/** HubSpot's locales are written in several ways (en-us, es_MX), and a browser may not know every time zone. */
function formatted(date: Date, { user }: CrmContext, style: Intl.DateTimeFormatOptions, timeZone: string): string {
  for (const [locale, zone] of [
    [user.locale?.replaceAll('_', '-'), timeZone],
    ['en', timeZone],
  ]) {
    try {
      return new Intl.DateTimeFormat(locale, { ...style, timeZone: zone }).format(date);
    } catch {
      // The next one, and in the end UTC, which every browser knows.
    }
  }
  return new Intl.DateTimeFormat('en', { ...style, timeZone: 'UTC' }).format(date);
}

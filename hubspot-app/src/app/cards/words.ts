import type { CrmContext } from '@hubspot/ui-extensions';
import type { NextStep } from './backend';

const STATUSES: Readonly<Record<string, string>> = {
  accepted: 'Queued',
  syncing: 'Syncing',
  waiting: 'Waiting for HubSpot',
  needs_attention: 'Needs attention',
  skipped: 'Not in HubSpot',
};

/** The word for a status; null for a meeting that is on the timeline. */
export function statusWord(status: string): string | null {
  return status === 'synced' ? null : (STATUSES[status] ?? status);
}

/** How a meeting gets to a record of this type, for a record without meetings. */
export function howMeetingsCome(objectTypeId: string): string {
  switch (objectTypeId) {
    case '0-1':
      return 'A meeting appears here once it is processed, if this contact took part with one of their e-mail addresses.';
    case '0-2':
      return "A meeting appears here once it is processed, if one of this company's contacts took part, or someone whose e-mail address has the company's domain.";
    default:
      return "A meeting appears here once it is processed, if one of this deal's contacts took part, or someone from its company.";
  }
}

/** Formats a time in the user's language and the account's time zone. */
export function timeText(iso: string, context: CrmContext): string {
  return formatted(new Date(iso), context, { dateStyle: 'medium', timeStyle: 'short' }, context.portal.timezone);
}

/** When a step is due. A date has no time zone. */
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

/** HubSpot writes locales in several ways (en-us, es_MX), and a browser may not know every time zone. */
function formatted(date: Date, { user }: CrmContext, style: Intl.DateTimeFormatOptions, timeZone: string): string {
  for (const [locale, zone] of [
    [user.locale?.replaceAll('_', '-'), timeZone],
    ['en', timeZone],
  ]) {
    try {
      return new Intl.DateTimeFormat(locale, { ...style, timeZone: zone }).format(date);
    } catch {
      // Try the next one. Every browser knows UTC.
    }
  }
  return new Intl.DateTimeFormat('en', { ...style, timeZone: 'UTC' }).format(date);
}

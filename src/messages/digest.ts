import { DateTime } from 'luxon';
import { currentLanguage } from '../languages/language';
import { storedText } from '../languages/stored-text';
import { t } from '../languages/text';
import { accountGroups } from './account-groups';
import type { DigestFacts, Notice } from './digest-facts';
import { meetingGroups } from './meeting-groups';
import type { Message, MessageGroup } from './message';

/**
 * The message about notices that reach an outlet together: one group for each cause, first what needs a person. What has
 * changed since counts as it is now: of a meeting the latest notice, and none that no longer needs attention.
 *
 * @param notices - in their order
 * @returns null if nothing is left to report
 */
export function digestOf(notices: readonly Notice[], facts: DigestFacts): Message | null {
  const account = accountGroups(notices, facts);
  const meetings = meetingGroups(notices, facts);
  const groups = [...account.urgent, ...meetings.urgent, ...account.others, ...meetings.others];
  const [first] = groups;
  if (first === undefined) return null;
  return { title: titleOf(groups, first, facts), groups, footer: footerOf(facts) };
}

function titleOf(groups: readonly MessageGroup[], { title: first }: MessageGroup, facts: DigestFacts): string {
  const { workspace, day, timeZone } = facts;
  const more = groups.length - 1;
  if (day === null)
    return more === 0
      ? t('{workspace}: {first}', { workspace, first })
      : t('{workspace}: {first}, and {more} more', { workspace, first, more });
  const values = { workspace, first, more, day: dayText(day, timeZone) };
  return more === 0
    ? t('{workspace}, {day}: {first}', values)
    : t('{workspace}, {day}: {first}, and {more} more', values);
}

function footerOf({ workspace, publicUrl, outlet }: DigestFacts): Message['footer'] {
  return {
    text: t('{person} set up “{name}” for the workspace {workspace}.', {
      person: storedText(outlet.createdBy),
      name: outlet.name,
      workspace,
    }),
    link: { text: t('Change it or switch it off'), url: `${publicUrl}${outlet.settingsPath}` },
  };
}

function dayText(day: Date, timeZone: string): string {
  const local = DateTime.fromJSDate(day, { zone: timeZone });
  const known = local.isValid ? local : DateTime.fromJSDate(day, { zone: 'utc' });
  return known
    .setLocale(currentLanguage().dateLocale)
    .toLocaleString({ weekday: 'long', day: 'numeric', month: 'long' });
}

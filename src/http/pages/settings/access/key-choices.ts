import { listText, message, t } from '../../../../languages/text';
import type { ApiKey } from '../../../../store/access/api-keys';
import { SCOPES, scopesBeyond, type Scope } from '../../../../store/access/scopes';
import { timeOf, type Time } from '../../layout/status-words';

/** What a key may do, as a choice of the form. */
const CHOICES = {
  pipeline: { scopes: ['meetings:write'], words: message('Send meetings, and change and follow them') },
  reader: { scopes: ['read'], words: message('Read only') },
  both: { scopes: ['read', 'meetings:write'], words: message('Read, and send and change meetings') },
  all: { scopes: SCOPES, words: message('Everything, as an admin') },
} as const satisfies Record<string, { readonly scopes: readonly Scope[]; readonly words: string }>;

/** Enough for every recorder and report, and no settings. */
const DEFAULT_CHOICE: keyof typeof CHOICES = 'both';

/** Days until a key expires, as choices of the form. */
const DAYS = [30, 90, 365] as const;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** The list warns of a key's expiry this long before. */
const WARN_DAYS = 14;

/** The choices of the form that creates a key. */
export interface KeyChoices {
  readonly access: readonly { readonly value: string; readonly words: string; readonly chosen: boolean }[];
  readonly expiry: readonly { readonly value: string; readonly words: string }[];
}

/** When a key expires, for a list. */
export interface KeyExpiry {
  readonly time: Time;
  /** Null while it is not near. */
  readonly warning: { readonly tone: 'bad' | 'busy'; readonly words: string } | null;
}

/** The choices of a person with these scopes: a key never has more than its creator. */
export function keyChoices(held: readonly Scope[]): KeyChoices {
  return {
    access: Object.entries(CHOICES)
      .filter(([, { scopes }]) => scopesBeyond(scopes, held).length === 0)
      .map(([value, { words }]) => ({ value, words: t(words), chosen: value === DEFAULT_CHOICE })),
    expiry: [
      { value: '', words: t('Does not expire') },
      ...DAYS.map((days) => ({ value: String(days), words: t('In {days, number} days', { days }) })),
    ],
  };
}

/** The scopes of a choice; undefined, for those of the creator, when none was sent. */
export function chosenScopes(choice: string | undefined): readonly Scope[] | undefined {
  return Object.entries(CHOICES).find(([value]) => value === choice)?.[1].scopes;
}

/** The time of a choice; undefined, for that of the creator, when none was sent. */
export function chosenExpiry(choice: string | undefined, now = new Date()): Date | undefined {
  const days = DAYS.find((each) => String(each) === choice);
  return days === undefined ? undefined : new Date(now.getTime() + days * DAY_MS);
}

/** What a key may do, in words. */
export function scopesWords(scopes: readonly Scope[]): string {
  const choice = Object.values(CHOICES).find(
    (each) => each.scopes.length === scopes.length && scopesBeyond(scopes, each.scopes).length === 0,
  );
  return choice === undefined ? listText([...scopes]) : t(choice.words);
}

/** @returns null for a key that does not expire */
export function expiryOf(
  { expiresAt }: Pick<ApiKey, 'expiresAt'>,
  timeZone: string,
  now = new Date(),
): KeyExpiry | null {
  if (expiresAt === null) return null;
  const time = timeOf(expiresAt, timeZone);
  const days = Math.ceil((expiresAt.getTime() - now.getTime()) / DAY_MS);
  if (days <= 0) return { time, warning: { tone: 'bad', words: t('Expired') } };
  if (days > WARN_DAYS) return { time, warning: null };
  const words = t('Expires in {days, plural, one {# day} other {# days}}', { days });
  return { time, warning: { tone: 'busy', words } };
}

import { t } from '../../../../languages/text';
import type { OutletKind } from '../../../../meeting/notices/outlet';
import type { OutletRow } from '../../../../store/notices/outlets';
import { timeOf, type Time } from '../../layout/status-words';
import { KIND_WORDS, OFF_WORDS } from './outlet-words';

/** The page with the outlets of a workspace. */
export interface OutletsPageModel {
  readonly outlets: readonly {
    readonly id: string;
    readonly name: string;
    /** `Slack, hooks.slack.com` */
    readonly where: string;
    readonly when: string;
    readonly isOn: boolean;
    readonly state: string;
    /** Since when it fails or is off; null otherwise. */
    readonly since: Time | null;
  }[];
  /** The kinds that can be added. */
  readonly kinds: readonly { readonly kind: OutletKind; readonly words: string }[];
  /** Without a mail server, no e-mail can be added. */
  readonly canMail: boolean;
}

/** @param timeZone - that of the account */
export function outletsModel(rows: readonly OutletRow[], canMail: boolean, timeZone: string): OutletsPageModel {
  const kinds = ['slack', ...(canMail ? (['email'] as const) : []), 'webhook'] as const;
  return {
    outlets: rows.map((row) => ({
      id: row.id,
      name: row.name,
      where: t('{kind}, {address}', { kind: t(KIND_WORDS[row.kind]), address: row.address_hint }),
      when: row.daily ? t('Daily') : t('At once'),
      isOn: row.state === 'on',
      ...stateOf(row, timeZone),
    })),
    kinds: kinds.map((kind) => ({ kind, words: t(KIND_WORDS[kind]) })),
    canMail,
  };
}

function stateOf(row: OutletRow, timeZone: string): { readonly state: string; readonly since: Time | null } {
  const { state, off_reason: reason, off_at: offAt, failing_since: failing } = row;
  if (state === 'off') return { state: t(OFF_WORDS[reason ?? 'by_person']), since: offAt && timeOf(offAt, timeZone) };
  return failing === null
    ? { state: t('On'), since: null }
    : { state: t('On, but not delivered'), since: timeOf(failing, timeZone) };
}

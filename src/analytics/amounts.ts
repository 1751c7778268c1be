import { sql, type RawBuilder } from 'kysely';
import { moneyText, t } from '../languages/text';
import type { Scope } from './report';

/** The sum of amounts in one currency. */
export interface Amount {
  /** Null where neither the deal nor the account has a known one. */
  readonly currency: string | null;
  readonly amount: number;
}

/** HubSpot's amount; null when it is not a number. */
export function amountOf(properties: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql`case when ${properties} ->> 'amount' ~ '^-?\\d{1,15}(\\.\\d+)?$' then (${properties} ->> 'amount')::float8 end`;
}

/** The deal's currency, or that of its account. Only accounts with several currencies have one for each deal. */
export function currencyOf(
  { currency }: Pick<Scope, 'currency'>,
  properties: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`coalesce(nullif(${properties} ->> 'deal_currency_code', ''), ${currency}::text)`;
}

/**
 * A statement that selects the sums of `rows (amount, currency)` by currency, as JSON; null without any amount. Amounts
 * in different currencies are never added.
 */
export function amountsOf(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select json_agg(json_build_object('currency', currency, 'amount', amount) order by currency collate "C" nulls last)
    from (select currency, sum(amount) as amount from ${rows} where amount is not null group by currency) as by_currency
  `;
}

/** `€1,200 · $300`; null without any amount. An amount whose currency is unknown is a number alone. */
export function amountsText(amounts: readonly Amount[] | null): string | null {
  return amounts && amounts.map(({ currency, amount }) => moneyText(amount, currency)).join(' · ');
}

/** Says in which currency amounts without one are. */
export function currencyNote(amounts: readonly Amount[] | null): string[] {
  const isMissing = (amounts ?? []).some(({ currency }) => currency === null);
  return isMissing ? [t('Amounts without a currency are in the currency of the HubSpot account.')] : [];
}

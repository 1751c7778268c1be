import { sql, type RawBuilder } from 'kysely';
import { numberText, t } from '../languages/text';

/** The sum of amounts in one currency. */
export interface Amount {
  /** Null for deals without a currency. */
  readonly currency: string | null;
  readonly amount: number;
}

/** HubSpot's amount; null when it is not a number. */
export function amountOf(properties: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql`case when ${properties} ->> 'amount' ~ '^-?\\d{1,15}(\\.\\d+)?$' then (${properties} ->> 'amount')::float8 end`;
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

/** `EUR 1,200 · USD 300`; null without any amount. */
export function amountsText(amounts: readonly Amount[] | null): string | null {
  if (amounts === null) return null;
  const text = (amount: number) => numberText(amount, { maximumFractionDigits: 2 });
  return amounts
    .map(({ currency, amount }) =>
      currency === null ? t('{amount} without a currency', { amount: text(amount) }) : `${currency} ${text(amount)}`,
    )
    .join(' · ');
}

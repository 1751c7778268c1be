import { currentLanguage } from '../../../languages/language';
import { message, moneyText, t } from '../../../languages/text';
import type { ContextRecord } from '../../../meeting/context';
import { propertyWords } from '../../../meeting/content/wording';

/** What the facts of a record are read from. */
type Known = Pick<ContextRecord, 'objectType' | 'properties' | 'stage' | 'owner'>;

/** The account's time zone and currency. */
interface AccountOf {
  readonly timeZone: string;
  /** Of amounts without one of their own; null when it is unknown. */
  readonly currency: string | null;
}

/**
 * The business context of a record, in a few words each: stage, amount, owner and close date of a deal, job title and
 * lifecycle stage of a contact, industry of a company. Empty until the record was read.
 */
export function recordFacts(record: Known, { timeZone, currency }: AccountOf): string[] {
  const value = (name: string) => record.properties?.[name]?.trim() || null;
  const owner = record.owner === null ? null : (record.owner.name ?? record.owner.email);
  switch (record.objectType) {
    case 'contacts':
      return known([value('jobtitle'), words(value('lifecyclestage'))]);
    case 'companies':
      return known([words(value('industry')), words(value('lifecyclestage'))]);
    case 'deals':
      return known([
        stageWords(record),
        moneyWords(value('amount'), value('deal_currency_code') ?? currency),
        owner,
        closeWords(value('closedate'), record, timeZone),
      ]);
    default:
      return known([record.stage?.name ?? null, owner]);
  }
}

function known(facts: readonly (string | null)[]): string[] {
  return facts.filter((fact) => fact !== null);
}

/** The stage, and how a closed deal ended where its name does not say so. */
function stageWords({ stage }: Known): string | null {
  if (stage?.name === null || stage === null) return null;
  if (stage.isClosed !== true) return stage.name;
  const { name, probability } = stage;
  const outcome = probability === 1 ? message('won') : message('lost');
  const says = (word: string) => name.toLowerCase().includes(word);
  if (says(outcome) || says(t(outcome))) return name;
  return probability === 1 ? t('{stage} (won)', { stage: name }) : t('{stage} (lost)', { stage: name });
}

function closeWords(text: string | null, { stage }: Known, timeZone: string): string | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  if (Number.isNaN(at)) return null;
  const day = new Intl.DateTimeFormat(currentLanguage().dateLocale, { dateStyle: 'medium', timeZone }).format(at);
  return stage?.isClosed === true ? t('closed {day}', { day }) : t('closes {day}', { day });
}

function moneyWords(amount: string | null, currency: string | null): string | null {
  const value = amount === null ? Number.NaN : Number(amount);
  return Number.isNaN(value) ? null : moneyText(value, currency);
}

/** Null for ids of values that an account added itself. */
function words(value: string | null): string | null {
  return value === null ? null : propertyWords(value);
}

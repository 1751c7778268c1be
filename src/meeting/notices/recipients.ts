import { z } from 'zod';

/** The most addresses of one outlet. More people belong into a mailing list, which they can leave. */
const MOST_RECIPIENTS = 10;

/** English, to follow the name of the field. */
const NOT_ADDRESSES = 'must be e-mail addresses, separated by commas, for example ana@northwind.example';
const TOO_MANY = `must have at most ${MOST_RECIPIENTS} e-mail addresses`;

/** The recipients of an e-mail outlet in lower case, each once; or what is wrong with the text. */
export type Recipients =
  | { readonly addresses: readonly string[]; readonly problem: null }
  | { readonly addresses: null; readonly problem: string };

/** Reads e-mail addresses that are separated by commas, semicolons or white space. */
export function readRecipients(text: string): Recipients {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const addresses = [...new Set(parts.map((part) => part.toLowerCase()))];
  const isAddress = (part: string) => part.length <= 254 && z.email().safeParse(part).success;
  if (addresses.length === 0 || !addresses.every(isAddress)) return { addresses: null, problem: NOT_ADDRESSES };
  if (addresses.length > MOST_RECIPIENTS) return { addresses: null, problem: TOO_MANY };
  return { addresses, problem: null };
}

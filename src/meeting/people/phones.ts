import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js';
import { visible } from './invisible';

/**
 * Parses a phone number in any spelling into E.164 (`+34600112233`). Null without a country code, because the same
 * digits belong to other people in other countries; with an extension, because many people share such a number; and for
 * a text that is not a number.
 */
export function phoneNumber(text: string): string | null {
  const number = parse(text);
  return number === null || number.ext !== undefined ? null : number.number;
}

/** Whether a text from HubSpot is this number. A text without a country code counts as a number of the same country. */
export function isPhoneNumber(text: string, e164: string): boolean {
  const wanted = parse(e164);
  if (wanted === null) return false;
  const number = parse(text, wanted.countryCallingCode);
  return number !== null && number.ext === undefined && number.number === e164;
}

/** Returns the number without its country code, as in HubSpot's calculated phone properties. */
export function nationalNumber(e164: string): string {
  return parse(e164)?.nationalNumber ?? e164;
}

/** Returns common spellings of a number, the two most frequent first, because a search only finds exact spellings. */
export function phoneSpellings(e164: string): string[] {
  const number = parse(e164);
  if (number === null) return [e164];
  const international = number.formatInternational();
  const national = number.formatNational();
  const written = [e164, international, e164.slice(1), `00${e164.slice(1)}`, number.nationalNumber, national];
  const code = `+${number.countryCallingCode}`;
  return [...new Set([...written, `${code} ${number.nationalNumber}`, international.replaceAll(' ', '-')])];
}

function parse(text: string, defaultCallingCode?: string): PhoneNumber | null {
  const given = visible(text.normalize('NFKC'))
    .replace(/^\s*(?:tel|callto|phone|sms|whatsapp)\s*:/i, '')
    // `(+34) 600 …`, `(0034) 600 …`, `00 34 600 …`, `600 … (mobile)`
    .replace(/^\s*\(\s*(\+|00)\s*(\d{1,3})\s*\)/, '$1$2 ')
    .replace(/^\s*00\s*(?=[1-9])/, '+')
    .replace(/\([^()\d]*\)\s*$/, '');
  // `+34 (0) 600 …` has a trunk prefix that its country lacks. Italy's numbers keep theirs.
  return possible(given, defaultCallingCode) ?? possible(given.replace(/\(\s*0\s*\)/, ''), defaultCallingCode);
}

function possible(text: string, defaultCallingCode?: string): PhoneNumber | null {
  const number = parsePhoneNumberFromString(text, {
    extract: false,
    ...(defaultCallingCode === undefined ? {} : { defaultCallingCode }),
  });
  return number?.isPossible() === true ? number : null;
}

import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js';

/**
 * A phone number in E.164 (`+34600112233`), however it is written. Null without a country code, since the same digits
 * belong to other people elsewhere; with an extension, which many people share a number by; and for what is no number.
 */
export function phoneNumber(text: string): string | null {
  const number = parse(text);
  return number === null || number.ext !== undefined ? null : number.number;
}

/** Whether a text of HubSpot's is this number. One without a country code counts as a number of the same country. */
export function isPhoneNumber(text: string, e164: string): boolean {
  const wanted = parse(e164);
  if (wanted === null) return false;
  const number = parse(text, wanted.countryCallingCode);
  return number !== null && number.ext === undefined && number.number === e164;
}

/** The number without its country code, as HubSpot's calculated phone properties have it. */
export function nationalNumber(e164: string): string {
  return parse(e164)?.nationalNumber ?? e164;
}

/** Ways in which people write a number, the most frequent two first: a search finds only what is written like this. */
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
  const given = text
    .normalize('NFKC')
    .replace(/^\s*tel:/i, '')
    .replace(/^\s*00(?=[1-9])/, '+');
  const number = parsePhoneNumberFromString(given, {
    extract: false,
    ...(defaultCallingCode === undefined ? {} : { defaultCallingCode }),
  });
  return number?.isPossible() === true ? number : null;
}

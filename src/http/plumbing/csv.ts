import { stringify } from 'csv-stringify/sync';

/**
 * RFC 4180, in UTF-8 without a byte order mark. Texts that a spreadsheet would take for a formula (they begin with `=`,
 * `+`, `-`, `@` or a control character) get an apostrophe before them; numbers stay numbers. Null is an empty field.
 *
 * @param byteOrderMark - for files that people open in a spreadsheet, which else takes accents for something different
 */
export function toCsv(
  header: readonly string[],
  lines: readonly (readonly (string | number | boolean | null | undefined)[])[],
  { byteOrderMark = false }: { readonly byteOrderMark?: boolean } = {},
): string {
  // A blank before a sign would hide it from the check, and not from every spreadsheet.
  const trimmed = [header, ...lines].map((line) => line.map((cell) => (typeof cell === 'string' ? cell.trim() : cell)));
  return stringify(trimmed, {
    record_delimiter: 'windows',
    escape_formulas: true,
    bom: byteOrderMark,
    cast: { boolean: String },
  });
}

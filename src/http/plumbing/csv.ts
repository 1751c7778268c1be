import { stringify } from 'csv-stringify/sync';

/**
 * RFC 4180, in UTF-8 without a byte order mark. An apostrophe is put before texts that a spreadsheet would read as a
 * formula (they begin with `=`, `+`, `-`, `@` or a control character). Numbers stay numbers. Null is an empty field.
 *
 * @param byteOrderMark - for files that people open in a spreadsheet, which otherwise garbles accented characters
 * @default false
 */
export function toCsv(
  header: readonly string[],
  lines: readonly (readonly (string | number | boolean | null | undefined)[])[],
  { byteOrderMark = false }: { readonly byteOrderMark?: boolean } = {},
): string {
  // Leading blanks would hide a formula from the escaping, but not from every spreadsheet.
  const trimmed = [header, ...lines].map((line) => line.map((cell) => (typeof cell === 'string' ? cell.trim() : cell)));
  return stringify(trimmed, {
    record_delimiter: 'windows',
    escape_formulas: true,
    bom: byteOrderMark,
    cast: { boolean: String },
  });
}

/**
 * Reads an IMCEA address ([MS-OXOSMTP]). Exchange wraps addresses of other kinds into one for SMTP, with `/` as `_` and
 * other characters as `+` and their hex code: `IMCEASMTP-laia+40acme+2Eexample@…` contains an address, `IMCEAEX-_O=…` a
 * directory name.
 */
function imcea(text: string): { readonly type: string; readonly value: string } | null {
  const [, type = '', encoded = ''] = /^imcea([a-z0-9]+)-([^@]*)@[^@]*$/i.exec(text) ?? [];
  if (type === '') return null;
  const value = encoded
    .replaceAll('_', '/')
    .replaceAll(/\+([0-9a-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return { type: type.toUpperCase(), value };
}

/** Returns the address that Exchange wrapped into an IMCEASMTP address, or any other text unchanged. */
export function unwrappedAddress(text: string): string {
  const wrapped = imcea(text);
  return wrapped?.type === 'SMTP' ? wrapped.value : text;
}

/**
 * Returns the alias in a directory name of Exchange, wrapped or not: `/o=Labs/ou=…/cn=Recipients/cn=0a1b2c3d-laia`
 * gives `laia`. Null for other texts.
 */
export function exchangeAlias(text: string): string | null {
  const wrapped = imcea(text);
  if (wrapped?.type === 'SMTP') return null;
  if (wrapped === null && !isDirectoryName(text)) return null;
  const value = wrapped?.value ?? text;
  const alias = (value.split(/\/?\bcn=/i).at(-1) ?? '').replace(/^[0-9a-f]{8,32}-/i, '').trim();
  return alias === '' ? value : alias;
}

/** Not one regular expression: it would try every `/cn=` up to the end of the text. */
function isDirectoryName(text: string): boolean {
  return !text.includes('@') && /^\s*\/o=/i.test(text) && /\/cn=/i.test(text);
}

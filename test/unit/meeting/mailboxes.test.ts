import { expect, test } from '@jest/globals';
import { emailSpellings, normaliseEmail, shownEmail } from '../../../src/meeting/people/mailboxes';

test.each([
  ['a zero-width space in front', '\u{200B}ana@acme.example', 'ana@acme.example'],
  ['a zero-width space at the end', 'ana@acme.example\u{200B}', 'ana@acme.example'],
  ['a soft hyphen in the name', 'a\u{AD}na@acme.example', 'ana@acme.example'],
  ['a soft hyphen in the domain', 'ana@ac\u{AD}me.example', 'ana@acme.example'],
  ['a byte order mark', '\u{FEFF}ana@acme.example', 'ana@acme.example'],
  ['direction marks', '\u{202A}ana@acme.example\u{202C}\u{200E}', 'ana@acme.example'],
  ['isolates', '\u{2068}ana@acme.example\u{2069}', 'ana@acme.example'],
  ['a word joiner and a joiner', 'ana\u{2060}@acme\u{200D}.example', 'ana@acme.example'],
  ['a variation selector', 'ana@acme\u{FE0F}.example', 'ana@acme.example'],
  ['a non-breaking blank', '\u{A0}ana@acme.example\u{202F}', 'ana@acme.example'],
  ['a line break', 'ana@acme.example\n', 'ana@acme.example'],
  ['full-width letters', 'ＡＮＡ＠ａｃｍｅ．example', 'ana@acme.example'],
  ['an ideographic full stop', 'ana@acme。example', 'ana@acme.example'],
  ['capitals', 'Ana@ACME.Example', 'ana@acme.example'],
  ['Turkish capitals', 'LAİA@acme.example', 'laia@acme.example'],
  ['a dot at the end', 'ana@acme.example.', 'ana@acme.example'],
  ['an accent in two characters', 'zoe\u{301}@acme.example', 'zo\u{E9}@acme.example'],
  ['an umlaut domain', 'eva@München.example', 'eva@xn--mnchen-3ya.example'],
  ['an umlaut in two characters', 'eva@mu\u{308}nchen.example', 'eva@xn--mnchen-3ya.example'],
  ['punycode in capitals', 'eva@XN--MNCHEN-3YA.example', 'eva@xn--mnchen-3ya.example'],
  ['a tag, which is part of the mailbox', 'ana+x@acme.example', 'ana+x@acme.example'],
  ['no address', 'Ana Ruiz', 'ana ruiz'],
  ['an IP address', 'ana@[192.168.0.1]', 'ana@[192.168.0.1]'],
])('%s names the same mailbox', (_, given, mailbox) => {
  expect(normaliseEmail(given)).toBe(mailbox);
  expect(normaliseEmail(mailbox)).toBe(mailbox);
});

test('both spellings of a mailbox', () => {
  const both = ['eva@xn--mnchen-3ya.example', 'eva@münchen.example'];
  expect(emailSpellings('Eva@München.example')).toEqual(both);
  expect(emailSpellings('eva@xn--mnchen-3ya.example')).toEqual(both);
  expect(emailSpellings('Ana@acme.example')).toEqual(['ana@acme.example']);
  expect(emailSpellings('')).toEqual(['']);
});

test('people see the spelling that was given, without what cannot be seen', () => {
  expect(shownEmail('\u{200B}Eva@München.example\u{A0}')).toBe('eva@münchen.example');
});

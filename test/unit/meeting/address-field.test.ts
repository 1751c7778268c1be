import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readAddressField } from '../../../src/meeting/intake/address-field';
import { isEmailAddress } from '../../../src/meeting/people/domains';
import { exchangeAlias } from '../../../src/meeting/intake/exchange-names';

const LAIA = 'laia@odd.example';
const shown = (text: string) =>
  readAddressField(text).mailboxes.map(({ email, name }) => (name === null ? email : `${name} <${email}>`));

describe('one address', () => {
  test.each([
    ['as it should be', LAIA],
    ['with a dot at its end', 'laia@odd.example.'],
    ['with mailto:', 'mailto:laia@odd.example'],
    ['with a subject', 'MAILTO:laia@odd.example?subject=Offer%20%40home'],
    ['percent-encoded', 'laia%40odd.example'],
    ['percent-encoded after mailto:', 'mailto:laia%40odd.example'],
    ['with Exchange’s SMTP:', 'SMTP:laia@odd.example'],
    ['with two schemes', 'mailto:mailto:laia@odd.example'],
    ['of SIP', 'sip:laia@odd.example;transport=tls'],
    ['in single quotes', "'laia@odd.example'"],
    ['in double quotes', '"laia@odd.example"'],
    ['in backticks', '`laia@odd.example`'],
    ['in typographic quotes', '\u201Claia@odd.example\u201D'],
    ['in German quotes', '\u201Elaia@odd.example\u201C'],
    ['in French quotes', '\u00ABlaia@odd.example\u00BB'],
    ['with a direction mark behind', 'laia@odd.example\u200E'],
    ['between direction marks', '\u202Alaia@odd.example\u202C'],
    ['with zero-width characters', 'la\u200Bia@odd\u2060.example'],
    ['with a slash behind', 'laia@odd.example/'],
    ['with mailto: as a web address', 'mailto://laia@odd.example'],
    ['in angle brackets', '<laia@odd.example>'],
    ['with half an angle bracket', 'laia@odd.example>'],
    ['with a scheme in angle brackets', '<mailto:laia@odd.example>'],
    ['in brackets', '[laia@odd.example]'],
    ['with the local part quoted', '"laia"@odd.example'],
    ['with a comma behind', 'laia@odd.example,'],
    ['with a semicolon behind', 'laia@odd.example; '],
    ['with blanks around the @', 'laia @ odd.example'],
    ['twice', 'laia@odd.example <laia@odd.example>'],
    ['twice in a list', 'laia@odd.example; LAIA@odd.example'],
    ['as a Slack link', '<mailto:laia@odd.example|laia@odd.example>'],
    ['as a Markdown link', '[laia@odd.example](mailto:laia@odd.example)'],
    ['with entities', '&lt;laia&#64;odd.example&gt;'],
    ['with a wide @', 'laia\uFF20odd.example'],
    ['wrapped by Exchange', 'IMCEASMTP-laia+40odd+2Eexample@eurprd01.prod.outlook.com'],
    ['in bold', '**laia@odd.example**'],
    ['in italics', '_laia@odd.example_'],
    ['with a colon behind', 'laia@odd.example:'],
    ['with a written-out line break', 'laia@odd.example\\n'],
    ['spelt out', 'laia [at] odd [dot] example'],
    ['spelt out in round brackets', 'laia(at)odd.example'],
    ['with a parameter', 'laia@odd.example;SIZE=1'],
    ['as a CalDAV principal', '/principals/users/laia@odd.example'],
    ['with a role', 'laia@odd.example (Organizer)'],
    ['with a word before it', 'E-Mail laia@odd.example'],
    ['with the way it came', 'laia@odd.example via zoom'],
    ['of a guest in another tenant', 'laia_odd.example#EXT#@northwind.onmicrosoft.com'],
  ])('%s: %s', (_, text) => {
    expect(shown(text)).toEqual([LAIA]);
  });

  test.each([
    ['Laia Pons <laia@odd.example>'],
    ['"Laia Pons" <laia@odd.example>'],
    ["'Laia Pons' <laia@odd.example>"],
    ['Laia Pons <mailto:laia@odd.example>'],
    ['Laia Pons <laia@odd.example'],
    ['Laia Pons laia@odd.example'],
    ['Laia Pons, laia@odd.example'],
    ['Laia Pons (laia@odd.example)'],
    ['Laia Pons [laia@odd.example]'],
    ['Laia Pons - laia@odd.example'],
    ['laia@odd.example \u2013 Laia Pons'],
    ['laia@odd.example (Laia Pons)'],
    ['[Laia Pons](mailto:laia@odd.example)'],
    ['&quot;Laia Pons&quot; &lt;laia@odd.example&gt;'],
    ['=?utf-8?Q?Laia_Pons?= <laia@odd.example>'],
    ['ATTENDEE;CN=Laia Pons;ROLE=REQ-PARTICIPANT:mailto:laia@odd.example'],
    ['CN="Laia Pons":MAILTO:laia@odd.example'],
    ['mailto:Laia%20Pons%20%3Claia@odd.example%3E'],
    ['Laia Pons <laia@odd.example\u200E>'],
  ])('the name is read out of %s', (text) => {
    expect(shown(text)).toEqual(['Laia Pons <laia@odd.example>']);
  });

  test.each([
    ['Pons, Laia <laia@odd.example>', 'Laia Pons <laia@odd.example>'],
    ['"Pons, Laia" <laia@odd.example>', 'Pons, Laia <laia@odd.example>'],
    ["Siobhán O'Neil <o'neil@odd.example>", "Siobhán O'Neil <o'neil@odd.example>"],
    ['Laia Pons (Acme) <laia@odd.example>', 'Laia Pons <laia@odd.example>'],
    ['Laia Pons | Acme <laia@odd.example>', 'Laia Pons | Acme <laia@odd.example>'],
    ['laia@odd.example | Laia Pons', 'Laia Pons <laia@odd.example>'],
    ['mailto:laia%2Bcrm@odd.example', 'laia+crm@odd.example'],
    ['CN=Laia:mailto:laia%2Bcrm@odd.example', 'Laia <laia+crm@odd.example>'],
    ['mailto:100%@odd.example', '100%@odd.example'],
  ])('%s reads as %s', (text, expected) => {
    expect(shown(text)).toEqual([expected]);
  });

  test.each([
    `c_${'0123456789abcdef'.repeat(4)}@group.calendar.google.com`,
    'laia+crm@odd.example',
    "o'neil@odd.example",
    'laia%2Bcrm@odd.example',
    'jürgen@münchen.example',
    'root@localhost',
    '/G=Laia/S=Pons/@odd.example',
    '_laia_@odd.example',
  ])('%s stays as it is', (address) => {
    expect(shown(address)).toEqual([address]);
  });
});

test.each([
  ['laia@odd.example; pol@odd.example'],
  ['laia@odd.example, pol@odd.example'],
  ['laia@odd.example pol@odd.example'],
  ['laia@odd.example / pol@odd.example'],
  ['laia@odd.example\npol@odd.example'],
  ['laia@odd.example | pol@odd.example'],
  ['laia@odd.example and pol@odd.example'],
  ['mailto:laia@odd.example, mailto:pol@odd.example'],
  ['mailto:laia@odd.example; mailto:pol@odd.example'],
  ['Sales: laia@odd.example, pol@odd.example;'],
  ['<laia@odd.example>; <pol@odd.example>'],
])('two people: %s', (text) => {
  expect(shown(text)).toEqual([LAIA, 'pol@odd.example']);
});

test.each<[string, readonly string[], readonly string[]]>([
  ['/o=Labs/ou=G/cn=Recipients/cn=0a1b2c3d-pol; laia@odd.example', [LAIA], ['pol']],
  [
    '/o=Labs/ou=G/cn=Recipients/cn=0a1b2c3d-pol, laia@odd.example',
    [LAIA],
    ['/o=Labs/ou=G/cn=Recipients/cn=0a1b2c3d-pol'],
  ],
  ['IMCEAEX-_O=LABS_CN=RECIPIENTS_CN=POL@eurprd01.prod.outlook.com, laia@odd.example', [LAIA], ['POL']],
  ['laia@odd.example; IMCEASMTP-pol+40odd+2Eexample@eurprd01.prod.outlook.com', [LAIA, 'pol@odd.example'], []],
  ['laia@odd.example; pol@@odd.example', [LAIA], ['pol@@odd.example']],
  ['laia@odd.example; N/A', [LAIA], []],
])('an entry without an address is dropped alone: %s', (text, addresses, others) => {
  expect(readAddressField(text)).toMatchObject({ mailboxes: addresses.map((email) => ({ email })), others });
});

test('an address and a phone number are one person', () => {
  const laia = { mailboxes: [{ email: LAIA, name: null }], others: [], phone: '+34 600 000 001', name: null };
  expect(readAddressField('laia@odd.example; +34 600 000 001')).toEqual(laia);
  expect(readAddressField('tel:+34 600 000 001; laia@odd.example')).toEqual(laia);
  expect(readAddressField('laia@odd.example (+34 600 000 001)')).toEqual(laia);
});

test('two people with names, and one without an address', () => {
  expect(readAddressField('Laia <laia@odd.example>; Pol <pol@odd.example>; Mar Vila')).toMatchObject({
    mailboxes: [
      { email: LAIA, name: 'Laia' },
      { email: 'pol@odd.example', name: 'Pol' },
    ],
    others: ['Mar Vila'],
  });
});

describe('no address', () => {
  test.each<[string, string | null]>([
    ['Laia Pons', 'Laia Pons'],
    ['/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0a1b2c3d4e5f-laia', 'laia'],
    ['EX:/O=ACME/OU=EU/CN=RECIPIENTS/CN=LAIA', 'LAIA'],
    ['IMCEAEX-_O=ACME_OU=EU+20GROUP_CN=RECIPIENTS_CN=LAIA+2EPONS@eurprd01.prod.outlook.com', 'LAIA.PONS'],
    ['laia@@odd.example', 'laia@@odd.example'],
    ['laia@acme@odd.example', 'laia@acme@odd.example'],
    ['laia@', 'laia@'],
    ['laia@odd,example', 'laia@odd,example'],
    ['Laia Pons @ Acme', 'Laia Pons @ Acme'],
    ['@odd.example', '@odd.example'],
    ['laia@odd..example', 'laia@odd..example'],
    ['"laia@odd.example x"@northwind.example', 'laia@odd.example x"@northwind.example'],
    ['urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427', 'urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427'],
    ['https://laia@odd.example', 'https://laia@odd.example'],
    ['Laia Pons <IMCEAEX-_O=ACME_OU=EU_CN=RECIPIENTS_CN=LAIA@eurprd01.prod.outlook.com>', 'Laia Pons'],
    ['Laia Pons </o=Labs/ou=G/cn=Recipients/cn=laia>', 'Laia Pons'],
    ['n/a', null],
    ['(none)', null],
    ['invalid:nomail', null],
    ['-', null],
    ['<>', null],
  ])('%s: the name is %j', (text, name) => {
    expect(readAddressField(text)).toEqual({ mailboxes: [], others: [], phone: null, name });
  });

  test.each([
    ['tel:+34-600-000-001', '+34-600-000-001'],
    ['tel:+34600000001;ext=5', '+34600000001'],
    ['callto:+34600000001', '+34600000001'],
    ['+34 600 000 001', '+34 600 000 001'],
    ['(0034) 600 000 001', '(0034) 600 000 001'],
    ['sip:+34600000001@pstn.example', '+34600000001'],
  ])('%s is the phone number %s', (text, phone) => {
    expect(readAddressField(text)).toEqual({ mailboxes: [], others: [], phone, name: null });
  });

  test('a text without end is no name either', () => {
    expect(readAddressField('x '.repeat(100_000)).name).toHaveLength(200);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'a@x.example',
          'Laia',
          '<',
          '>',
          '"',
          "'",
          ',',
          ';',
          '@',
          '(',
          ')',
          '[',
          ']',
          ':',
          ' ',
          '\n',
          '/',
          '%40',
          'mailto:',
          '#EXT#',
          '\\',
          'IMCEAEX-',
          '+40',
          '_',
        ),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);

describe('for any text', () => {
  test('only addresses come out, each once, and nothing is thrown', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { mailboxes, name, others, phone } = readAddressField(text);
        for (const { email } of mailboxes) expect(isEmailAddress(email)).toBe(true);
        expect(new Set(mailboxes.map(({ email }) => email.toLowerCase())).size).toBe(mailboxes.length);
        for (const words of [name, phone, ...others, ...mailboxes.map((mailbox) => mailbox.name)])
          expect(words === null || words.trim() !== '').toBe(true);
      }),
    );
  });

  test('an address that was read is read the same again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { email } of readAddressField(text).mailboxes) expect(shown(email)).toEqual([email]);
      }),
    );
  });

  test('four thousand characters are read quickly', () => {
    for (const piece of ['<', '@', '"', '(', 'a@', '[', ' @', ';', 'CN=', '<mailto:', '[](mailto:', '%40'])
      expect(readAddressField(piece.repeat(4_000 / piece.length)).mailboxes.length).toBeLessThan(4_001);
  });
});

test('a text that only begins like a directory name is read in one pass', () => {
  expect(exchangeAlias(`/o=${'/cn='.repeat(250_000)}@`)).toBeNull();
});

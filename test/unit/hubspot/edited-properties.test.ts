import { describe, expect, test } from '@jest/globals';
import {
  answeredAfter,
  answeredBefore,
  editedProperties,
  textsOf,
  type Answered,
} from '../../../src/hubspot/edited-properties';

const WRITTEN_AT = new Date('2026-11-03T10:00:00Z');
const LONG_AFTER = '2026-11-04T10:00:00Z';
const modified = (at: string) => ({ hs_lastmodifieddate: at });
const nothing: Answered = { modified: null, values: {} };
/** What is known after a write that HubSpot answered with this body. */
const answeredWith = (body: string, at = '2026-11-03T10:00:00Z'): Answered =>
  answeredAfter(nothing, { hs_note_body: '' }, { properties: { hs_note_body: body, ...modified(at) } });

const ours = '<p>Ours</p>';
const theirs = '<p>Theirs</p>';

describe('a body is a person’s', () => {
  test.each([
    ['it is what HubSpot answered', ours, answeredWith(ours), null, false],
    ['it is what HubSpot made of ours', '<div><p>Ours</p></div>', answeredWith('<div><p>Ours</p></div>'), null, false],
    ['another text', theirs, answeredWith(ours), null, true],
    ['other markup of the same text, changed since', '<p><b>Ours</b></p>', answeredWith(ours), null, true],
    ['cleared', '', answeredWith(ours), null, true],
    ['exactly what is wanted', '<p>Wanted</p>', answeredWith(ours), null, false],
    ['what is wanted in other markup', '<p><b>Wanted</b></p>', answeredWith(ours), null, true],
    ['sent, and its answer was lost', '<div><p>Sent</p></div>', answeredWith(ours), '<p>Sent</p>', false],
    ['neither what was sent nor what was answered', theirs, answeredWith(ours), '<p>Sent</p>', true],
    ['found after a create whose answer was lost', '<p>Sent </p>', null, '<p>Sent</p>', false],
    ['not what a create had sent', theirs, null, '<p>Sent</p>', true],
    ['never written before, and empty', '', nothing, null, false],
    ['never written before, and a person’s', theirs, nothing, null, true],
    ['never written before, and what is wanted', '<p>Wanted</p>', nothing, null, false],
  ])('%s', (_name, body, answered, sent, edited) => {
    const sending = sent === null ? null : textsOf({ hs_note_body: sent });
    const current = { properties: { hs_note_body: body, ...modified(LONG_AFTER) } };
    const question = { wanted: { hs_note_body: '<p>Wanted</p>' }, current, answered, sending, writtenAt: null };
    expect(editedProperties(question)).toEqual(edited ? ['hs_note_body'] : []);
  });
});

test.each([
  ['unchanged since', '2026-11-03T10:01:00Z', WRITTEN_AT, false],
  ['changed since', LONG_AFTER, WRITTEN_AT, true],
  ['of an unknown time', LONG_AFTER, null, true],
  ['without a time of HubSpot’s', null, WRITTEN_AT, true],
])('a body that an earlier version wrote, %s', (_name, at, writtenAt, edited) => {
  const current = { properties: { hs_note_body: ours, hs_lastmodifieddate: at } };
  const question = { wanted: { hs_note_body: '<p>Wanted</p>' }, current, answered: null, sending: null, writtenAt };
  expect(editedProperties(question)).toEqual(edited ? ['hs_note_body'] : []);
});

test("a clean-up by HubSpot is no edit while the record's last change is the same", () => {
  const at = '2026-11-03T10:00:00Z';
  const answered = answeredWith(ours, at);
  const ask = (lastModified: string) =>
    editedProperties({
      wanted: { hs_note_body: '<p>Wanted</p>' },
      current: { properties: { hs_note_body: '<ul><li>Ours</li></ul>', ...modified(lastModified) } },
      answered,
      sending: null,
      writtenAt: null,
    });
  expect([ask(at), ask(LONG_AFTER)]).toEqual([[], ['hs_note_body']]);
});

const full =
  '<p>We met <strong>Ana &amp; Jo</strong>, at 9.</p><ul><li>Send <a href="https://a.example/?a=1&amp;b=2">it</a></li></ul>';
test.each([
  ['hard blanks', full.replaceAll(' ', '&nbsp;').replace('<a&nbsp;', '<a '), false],
  ['numeric entities', full.replaceAll('&amp;', '&#38;').replace('9', '&#x39;'), false],
  ['line breaks between tags', full.replaceAll('><', '>\n  <'), false],
  ['other names and case of tags', full.replaceAll('strong>', 'B>').replaceAll('p>', 'P>'), false],
  ['attributes of its own', full.replace('<a ', '<a target="_blank" data-x="1" rel=\'noopener\' '), false],
  ['wrappers', `<div style="" dir="auto" data-top-level="true">${full.replace('We', '<span>We</span>')}</div>`, false],
  ['a word less', full.replace('met ', ''), true],
  ['another link', full.replace('b=2', 'b=3'), true],
  ['no emphasis', full.replaceAll(/<.?strong>/g, ''), true],
  ['a colour', full.replace('We', '<span style="color: red">We</span>'), true],
  ['a picture', full.replace('We', '<img src="https://a.example/x.png">We'), true],
  ['another list', full.replaceAll('ul>', 'ol>'), true],
])('a body that was saved again with %s', (_name, body, edited) => {
  const current = { properties: { hs_note_body: body, ...modified(LONG_AFTER) } };
  const question = { wanted: { hs_note_body: '<p>Wanted</p>' }, current, answered: answeredWith(full), sending: null };
  expect(editedProperties({ ...question, writtenAt: null })).toEqual(edited ? ['hs_note_body'] : []);
});

test('the order of attributes and of styles is no edit', () => {
  const link = (attributes: string) => `<p><a ${attributes}>x</a></p>`;
  const current = link('style="font-weight:bold;color:red" href="https://a.example"');
  const question = {
    wanted: { hs_note_body: '<p>Wanted</p>' },
    current: { properties: { hs_note_body: current, ...modified(LONG_AFTER) } },
    answered: answeredWith(link('href="https://a.example" style="color: red; font-weight: bold;"')),
    sending: null,
    writtenAt: null,
  };
  expect(editedProperties(question)).toEqual([]);
});

test('times are equal in every format', () => {
  const answered = answeredAfter(
    nothing,
    { hs_timestamp: '' },
    { properties: { hs_timestamp: '2026-11-03T09:00:00Z' } },
  );
  for (const written of ['2026-11-03T09:00:00.000Z', String(Date.parse('2026-11-03T09:00:00Z'))]) {
    const current = { properties: { hs_timestamp: written } };
    const question = { wanted: { hs_timestamp: 'x' }, current, answered, sending: null, writtenAt: null };
    expect(editedProperties(question)).toEqual([]);
  }
});

test("a person's text is kept at every later write, until they restore ours", () => {
  const current = (body: string) => ({ properties: { hs_note_body: body, ...modified(LONG_AFTER) } });
  const wanted = { hs_note_body: '<p>Wanted</p>' };
  const question = { wanted, current: current(theirs), answered: answeredWith(ours), sending: null, writtenAt: null };
  const answered = answeredBefore(question, editedProperties(question));
  const later = (body: string) => editedProperties({ ...question, answered, current: current(body) });
  expect([later(theirs), later('<p>Ours </p>'), later(ours)]).toEqual([['hs_note_body'], ['hs_note_body'], []]);
});

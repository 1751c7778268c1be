import { expect, test } from '@jest/globals';
import { isLastRecord, recordTree, type KnownLink, type RecordNode } from '../../../src/http/pages/meeting/record-tree';

const marc = { name: 'Marc', email: 'marc@acme.example', domain: 'acme.example' };
const jo = { name: 'Jo', email: 'jo@beta.example', domain: 'beta.example' };
const al = { name: 'Al', email: 'al@beta.example', domain: 'beta.example' };

function link(
  record: string,
  via: KnownLink['via'],
  from: string | null = null,
  properties: Record<string, string> | null = null,
): KnownLink {
  const ref = (text: string) => {
    const [objectType = '', id = ''] = text.split('/');
    return { objectType, id };
  };
  return { ...ref(record), via, from: from === null ? null : ref(from), properties };
}

const drawn = ({ link: { objectType, id }, children }: RecordNode<KnownLink>): string =>
  `${objectType}/${id}${children.length === 0 ? '' : `(${children.map(drawn).join(' ')})`}`;
const draw = (links: KnownLink[], people = [marc, jo, al]) =>
  recordTree(links, people).map(
    (root) =>
      `${root.began} ${root.people.map((person) => person.name).join('+')}: ${root.records.map(drawn).join(' ')}`,
  );

test('The tree shows participant, contact, company and deal below each other', () => {
  expect(
    draw([
      link('contacts/1', 'participant', null, { email: 'MARC@acme.example' }),
      link('companies/2', 'cascade', 'contacts/1'),
      link('deals/3', 'cascade', 'companies/2'),
      link('deals/4', 'cascade', 'contacts/1'),
      link('2-7/5', 'cascade', 'deals/3'),
    ]),
  ).toEqual(['people Marc: contacts/1(companies/2(deals/3(2-7/5)) deals/4)']);
});

test('A secondary address and a second domain name their record, and several people share one', () => {
  expect(
    draw([
      link('contacts/1', 'participant', null, {
        email: 'm@home.example',
        hs_additional_emails: 'x@y.example;marc@acme.example',
      }),
      link('companies/2', 'domain', null, { domain: 'other.example', hs_additional_domains: 'www.beta.example' }),
    ]),
  ).toEqual(['people Marc: contacts/1', 'domain Jo+Al: companies/2']);
});

test('the tree marks unread records, links by hand and links whose source is gone', () => {
  expect(
    draw([
      link('contacts/1', 'participant'),
      link('contacts/9', 'participant'),
      link('deals/3', 'manual'),
      link('deals/4', 'cascade', 'companies/8'),
      link('2-7/5', 'cascade', 'deals/4'),
    ]),
  ).toEqual(['people : contacts/1 contacts/9', 'hand : deals/3', 'gone : deals/4(2-7/5)']);
});

test('records that name each other are drawn once', () => {
  const links = [link('contacts/1', 'cascade', 'companies/2'), link('companies/2', 'cascade', 'contacts/1')];
  expect(draw(links)).toEqual(['gone : contacts/1(companies/2)']);
});

test.each([
  ['contacts/1', true],
  ['deals/3', false],
  ['companies/9', false],
])('unlinking %s leaves no record: %s', (text, expected) => {
  const links = [
    link('contacts/1', 'participant'),
    link('companies/2', 'cascade', 'contacts/1'),
    link('deals/3', 'cascade', 'companies/2'),
  ];
  const [objectType = '', id = ''] = text.split('/');
  expect(isLastRecord(links, { objectType, id })).toBe(expected);
  expect(isLastRecord([...links, link('deals/4', 'manual')], { objectType, id })).toBe(false);
});

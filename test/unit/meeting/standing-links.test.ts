import { expect, test } from '@jest/globals';
import type { Link, LinkVia } from '../../../src/meeting/cascade';
import { standingLinks } from '../../../src/meeting/standing-links';

const link = (
  objectType: string,
  id: string,
  via: LinkVia = 'cascade',
  from: [string, string] | null = null,
): Link => ({
  objectType,
  id,
  via,
  from: from === null ? null : { objectType: from[0], id: from[1] },
});
const contact = link('contacts', '1', 'participant');
const oldCompany = link('companies', '2', 'cascade', ['contacts', '1']);
const newCompany = link('companies', '3', 'cascade', ['contacts', '1']);
const deal = link('deals', '4', 'cascade', ['companies', '2']);
const alive = (record: { id: string }) => record.id;
const options = { presentId: alive, addsLate: true };

test('a contact who changes company keeps the company of then, with its deals, and gets the new one', () => {
  expect(standingLinks([contact, newCompany], [contact, oldCompany, deal], options)).toEqual([
    contact,
    oldCompany,
    newCompany,
    deal,
  ]);
});

test('what hung on a root that is no longer one goes with it', () => {
  expect(standingLinks([], [contact, oldCompany, deal], options)).toEqual([]);
});

test('a record that is gone goes, and takes along what only it brought', () => {
  const presentId = ({ id }: { id: string }) => (id === '2' ? null : id);
  expect(standingLinks([contact], [contact, oldCompany, deal], { ...options, presentId })).toEqual([contact]);
});

test('a merged record goes on under its new id, once', () => {
  const presentId = ({ id }: { id: string }) => (id === '2' ? '3' : id);
  expect(standingLinks([contact, newCompany], [contact, oldCompany], { ...options, presentId })).toEqual([
    contact,
    newCompany,
  ]);
});

test('a domain match that is none any more is not carried on', () => {
  const stranger = link('companies', '9', 'domain');
  expect(standingLinks([contact], [stranger], options)).toEqual([contact]);
});

test('late, new cascade links are not added; roots are, and what was linked stays', () => {
  const late = { ...options, addsLate: false };
  const second = link('contacts', '5', 'participant');
  expect(standingLinks([contact, second, newCompany], [contact, oldCompany], late)).toEqual([
    contact,
    second,
    oldCompany,
  ]);
});

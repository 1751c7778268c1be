import { describe, expect, test } from '@jest/globals';
import type { Link, LinkVia, RecordRef } from '../../../src/meeting/linking/cascade';
import { stickyLinks, type StickyOptions } from '../../../src/meeting/linking/sticky-links';

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
/** Each record, and the one that HubSpot associates with it. */
const neighbours = (...pairs: [Link, RecordRef][]) =>
  pairs.map(([to, { objectType, id }]) => ({ from: { objectType, id }, to: [to] }));
const options: StickyOptions = {
  presentId: alive,
  neighbours: neighbours([newCompany, contact]),
  addsLate: true,
};

test('a contact who changes company keeps the company of then, with its deals, and gets the new one', () => {
  expect(stickyLinks([contact, newCompany], [contact, oldCompany, deal], options)).toEqual([
    contact,
    oldCompany,
    newCompany,
    deal,
  ]);
});

test('links that came from a former root are removed with it', () => {
  expect(stickyLinks([], [contact, oldCompany, deal], options)).toEqual([]);
});

test('a deleted record is removed, with the links that came from it alone', () => {
  const presentId = ({ id }: { id: string }) => (id === '2' ? null : id);
  expect(stickyLinks([contact], [contact, oldCompany, deal], { ...options, presentId })).toEqual([contact]);
});

test('a merged record continues under its new id, once', () => {
  const presentId = ({ id }: { id: string }) => (id === '2' ? '3' : id);
  expect(stickyLinks([contact, newCompany], [contact, oldCompany], { ...options, presentId })).toEqual([
    contact,
    newCompany,
  ]);
});

test('a domain match that no longer holds is not kept', () => {
  const stranger = link('companies', '9', 'domain');
  expect(stickyLinks([contact], [stranger], options)).toEqual([contact]);
});

test('late cascade links are not added, late roots are, and existing links stay', () => {
  const late = { ...options, addsLate: false };
  const second = link('contacts', '5', 'participant');
  expect(stickyLinks([contact, second, newCompany], [contact, oldCompany], late)).toEqual([
    contact,
    second,
    oldCompany,
  ]);
});

test('the cascade of a late root is added, because it was not associated late', () => {
  const byHand = link('companies', '7', 'manual');
  const [its, others] = [
    link('deals', '8', 'cascade', ['companies', '7']),
    link('deals', '9', 'cascade', ['contacts', '1']),
  ];
  const late = {
    ...options,
    neighbours: neighbours([its, byHand], [others, contact]),
    addsLate: false,
    notLate: new Set(['companies/7', 'deals/8']),
  };
  expect(stickyLinks([contact, byHand, its, others], [contact], late)).toEqual([contact, byHand, its]);
});

test('an excluded record is not kept, nor are links that came from it alone', () => {
  const custom = link('2-7', '5', 'cascade', ['deals', '4']);
  expect(
    stickyLinks([contact, oldCompany], [contact, oldCompany, deal, custom], {
      ...options,
      excluded: new Set(['deals/4']),
    }),
  ).toEqual([contact, oldCompany]);
});

test('links that came from a merged record stay with the record that it was merged into', () => {
  const merged = link('contacts', '6', 'participant');
  const presentId = (record: { objectType: string; id: string }) =>
    record.objectType === 'contacts' && record.id === '1' ? '6' : record.id;
  expect(stickyLinks([merged], [contact, oldCompany], { ...options, presentId })).toEqual([
    merged,
    { ...oldCompany, from: { objectType: 'contacts', id: '6' } },
  ]);
});

describe('the origin of a link', () => {
  const custom = (from: string) => link('2-7', '9', 'cascade', ['deals', from]);
  const [seven, eight] = [
    link('deals', '7', 'cascade', ['contacts', '1']),
    link('deals', '8', 'cascade', ['contacts', '1']),
  ];
  const both = {
    ...options,
    neighbours: neighbours([seven, contact], [eight, contact], [custom('8'), eight], [custom('7'), seven]),
  };

  test('is the first linked record that leads to it, regardless of the order of the answers', () => {
    expect(stickyLinks([contact, seven, eight, custom('7')], [], both)).toEqual([contact, seven, eight, custom('7')]);
  });

  test('is never a record that is not linked: a late deal leads to nothing', () => {
    const late = { ...both, addsLate: false };
    expect(stickyLinks([contact, seven, eight, custom('7')], [contact, eight, custom('8')], late)).toEqual([
      contact,
      eight,
      custom('8'),
    ]);
    const fresh = { ...late, notLate: new Set(['2-7/9']) };
    expect(stickyLinks([contact, seven, custom('7')], [contact], fresh)).toEqual([contact]);
  });

  test('stays when an earlier record leads to it as well', () => {
    expect(stickyLinks([contact, seven, eight, custom('7')], [contact, eight, custom('8')], both)).toEqual([
      contact,
      seven,
      eight,
      custom('8'),
    ]);
  });

  test('moves to another record that leads to the link after its own association was removed', () => {
    const gone = { ...both, neighbours: neighbours([seven, contact], [eight, contact], [custom('7'), seven]) };
    const links = [contact, seven, eight, custom('8')];
    expect(stickyLinks([contact, seven, eight, custom('7')], links, gone)).toEqual([
      contact,
      seven,
      eight,
      custom('7'),
    ]);
    const none = { ...both, neighbours: neighbours([seven, contact], [eight, contact]) };
    expect(stickyLinks([contact, seven, eight], links, none)).toEqual(links);
  });

  test('moves to another record when its own is deleted', () => {
    const presentId = (record: RecordRef) => (record.id === '8' ? null : record.id);
    expect(
      stickyLinks([contact, seven, custom('7')], [contact, seven, eight, custom('8')], { ...both, presentId }),
    ).toEqual([contact, seven, custom('7')]);
  });
});

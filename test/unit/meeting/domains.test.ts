import { expect, test } from '@jest/globals';
import listed from 'email-providers/all.json';
import {
  domainSpellings,
  freeMailAddendum,
  hostOf,
  isFreeMailDomain,
  isWithinDomain,
  registrableDomain,
} from '../../../src/meeting/domains';

test.each([
  ['marc@acme.example', 'acme.example'],
  ['Marc@Mail.ACME.Example', 'acme.example'],
  ['marc@eu.acme.co.uk', 'acme.co.uk'],
  ['acme.com.', 'acme.com'],
  ['a/b?c#d@acme.com', 'acme.com'],
  ['https://www.acme.com/about?x=1', 'acme.com'],
  ['www.acme.com/about', 'acme.com'],
  ['x@MÜNCHEN.de', 'xn--mnchen-3ya.de'],
  ['x@xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
  ['x@shop.公司.cn', 'shop.xn--55qx5d.cn'],
  ['jane@brook.uk.com', 'brook.uk.com'],
  ['jane@mail.brook.us.com', 'brook.us.com'],
  ['x@acme.com.de', 'acme.com.de'],
  ['x@acme.eu.com', 'acme.eu.com'],
  ['x@acme.gb.net', 'acme.gb.net'],
  ['x@acme.co.com', 'acme.co.com'],
  ['x@acme.it.com', 'acme.it.com'],
  ['x@acme.github.io', 'acme.github.io'],
  ['x@shop.acme.myshopify.com', 'acme.myshopify.com'],
  ['Lee@Fabrikam.onmicrosoft.com', 'fabrikam.onmicrosoft.com'],
  ['lee@fabrikam.mail.onmicrosoft.com', 'fabrikam.onmicrosoft.com'],
  ['lee@mail.onmicrosoft.com', null],
  ['lee@fabrikam.onmicrosoft.us', 'fabrikam.onmicrosoft.us'],
  ['lee@fabrikam.partner.onmschina.cn', 'fabrikam.partner.onmschina.cn'],
  ['x@informatik.rub.de', 'rub.de'],
  ['x@rub.de', 'rub.de'],
  ['x@freedesktop.org', 'freedesktop.org'],
  ['x@uk.com', null],
  ['x@us.com', null],
  ['x@com.de', null],
  ['x@github.io', null],
  ['x@onmicrosoft.com', null],
  ['x@notonmicrosoft.com', 'notonmicrosoft.com'],
  ['x@localhost', null],
  ['x@192.168.0.1', null],
  ['x@[192.168.0.1]', null],
  ['co.uk', null],
  ['x@公司.cn', null],
  ['', null],
  ['@', null],
])('the registrable domain of %j is %j', (given, domain) => {
  expect(registrableDomain(given)).toBe(domain);
});

test.each([
  'gmail.com',
  'x@GoogleMail.com',
  'yahoo.co.uk',
  'x@yahoo.es',
  'hotmail.es',
  'outlook.com',
  'live.com.mx',
  'icloud.com',
  'proton.me',
  'fastmail.com',
  'telefonica.net',
  'x@mail.gmail.com',
  'live.vu.edu.au',
])('%s is free mail', (domain) => {
  expect(isFreeMailDomain(domain)).toBe(true);
});

test.each([
  'acme.example',
  'acme.co.uk',
  'co.uk',
  'vu.edu.au',
  'telefonica.com',
  'google.com',
  'example.com',
  'localhost',
  '',
])('%s is not free mail', (domain) => {
  expect(isFreeMailDomain(domain)).toBe(false);
});

test('our own list holds only what the package does not, each once', () => {
  expect(freeMailAddendum.filter((domain) => listed.includes(domain))).toEqual([]);
  expect(new Set(freeMailAddendum).size).toBe(freeMailAddendum.length);
  expect(freeMailAddendum.filter((domain) => registrableDomain(domain) !== domain)).toEqual([]);
});

test('both spellings of a domain', () => {
  expect(domainSpellings('münchen.example')).toEqual(['xn--mnchen-3ya.example', 'münchen.example']);
  expect(domainSpellings('xn--mnchen-3ya.example')).toEqual(['xn--mnchen-3ya.example', 'münchen.example']);
  expect(domainSpellings('Acme.example')).toEqual(['acme.example']);
  expect(domainSpellings('')).toEqual([]);
});

test.each([
  ['x@acme.example', 'acme.example', true],
  ['x@eu.acme.example', 'ACME.example', true],
  ['x@eu.acme.example', '@acme.example', true],
  ['x@notacme.example', 'acme.example', false],
  ['x@acme.example', 'eu.acme.example', false],
  ['x@bücher.example', 'xn--bcher-kva.example', true],
  ['x@acme.example', '', false],
])('%s is within %s: %s', (email, domain, expected) => {
  expect(isWithinDomain(email, domain)).toBe(expected);
});

test('hosts are compared in one spelling', () => {
  expect(hostOf(' Marc@Bücher.Example. ')).toBe('xn--bcher-kva.example');
});

import { expect, test } from '@jest/globals';
import listed from 'email-providers/all.json';
import { freeMailAddendum } from '../../../src/meeting/people/free-mail-addendum';
import { listedFreeMail } from '../../../src/meeting/people/free-mail-lists';
import {
  domainSpellings,
  hostOf,
  isFreeMailDomain,
  isWithinDomain,
  registrableDomain,
} from '../../../src/meeting/people/domains';

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
  ['billing@acme.zendesk.com', 'acme.zendesk.com'],
  ['jira@acme.atlassian.net', 'acme.atlassian.net'],
  ['sales-4f@eu.acme.slack.com', 'acme.slack.com'],
  ['eva@zendesk.com', 'zendesk.com'],
  ['eva@slack.com', 'slack.com'],
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
  ...`hotmail.com.tr hotmail.no hotmail.se hotmail.co.id hotmail.rs hotmail.lv live.se live.fi live.com.ph live.co.za
      outlook.com.vn outlook.cz outlook.co.th yahoo.no yahoo.com.tr yahoo.co.za yahoo.at yahoo.co.jp msn.com
      aol.de gmx.ch gmx.co.uk googlemail.com windowslive.com ymail.com`.split(/\s+/),
  ...`ocn.ne.jp rediff.com mail.bg abv.bg dir.bg 139.com 126.com 163.com 189.cn qq.com sohu.com naver.com kakao.com
      docomo.ne.jp nifty.com biglobe.ne.jp so-net.ne.jp t-online.de web.de freenet.de vodafone.de bluewin.ch sunrise.ch
      a1.net laposte.net bbox.fr sfr.fr wanadoo.fr proximus.be telenet.be ziggo.nl xs4all.nl libero.it tim.it
      fastwebnet.it terra.es ono.com sapo.pt netcabo.pt otenet.gr in.gr btinternet.com plusnet.com eircom.net telia.com
      comhem.se online.no mail.dk kolumbus.fi simnet.is wp.pl onet.eu seznam.cz volny.cz zoznam.sk freemail.hu
      indamail.hu rdslink.ro mail.ro siol.net net.hr inbox.lv one.lt mail.ee mail.ru yandex.by ukr.net tut.by mail.kz
      mynet.com superonline.com walla.co.il 012.net.il emirates.net.ae bsnl.in vsnl.net pldthome.com singnet.com.sg
      streamyx.com fpt.vn bigpond.com iinet.net.au xtra.co.nz orcon.net.nz uol.com.br bol.com.br superig.com.br
      fibertel.com.ar prodigy.net.mx une.net.co cantv.net vtr.net mweb.co.za telkomsa.net sympatico.ca mts.net shaw.ca
      comcast.net att.net verizon.net cox.net charter.net tutanota.com posteo.de duck.com simplelogin.io
      hotmail.com.co yahoo.com.co tiscali.fr wanadoo.com lycos.de chello.pl yandex.fr gmail.fr mail.de telepac.pt att.ne.jp
      tele2.fr romandie.com countermail.com tellas.gr mail.lt walla.co sina.com.cn oi.net.br zing.vn saix.net o2.ie`.split(
    /\s+/,
  ),
])('%s is free mail', (domain) => {
  expect(isFreeMailDomain(domain)).toBe(true);
});

test.each([
  'acme.example',
  'acme.co.uk',
  'co.uk',
  'vu.edu.au',
  'telefonica.com',
  'example.com',
  ...`microsoft.com apple.com google.com hubspot.com amazon.com meta.com facebook.com ibm.com oracle.com sap.com
      salesforce.com zoom.us zohocorp.com proton.ch mailchimp.com wordpress.com twitter.com dell.com stanford.edu cnn.com
      orange.com telekom.de telekom.com vodafone.com telefonica.com bt.com att.com verizon.com comcast.com cox.com
      charter.com telstra.com telia.se swisscom.com kpn.com proximus.com tesco.com waitrose.com starbucks.com alibaba.com
      alibaba-inc.com rakuten.com naver-corp.com yandex-team.ru siemens.com bmw.de zf.com eurosport.com freebox.com
      live.tv outlook.ai live.co yahoo.me yandex.io live.acme.example hotmail.example outlook-acme.com mylive.se`.split(
    /\s+/,
  ),
  'localhost',
  '',
])('%s is not free mail', (domain) => {
  expect(isFreeMailDomain(domain)).toBe(false);
});

test('each list has only hosts that the others lack, each once, as they are compared', () => {
  const others = new Set([...listed, ...listedFreeMail]);
  expect(freeMailAddendum.filter((domain) => others.has(domain))).toEqual([]);
  expect(listedFreeMail.filter((domain) => listed.includes(domain))).toEqual([]);
  for (const list of [freeMailAddendum, listedFreeMail]) {
    expect(new Set(list).size).toBe(list.length);
    expect(list.filter((domain) => hostOf(domain) !== domain)).toEqual([]);
  }
});

test('a workspace names further free mail', () => {
  expect(isFreeMailDomain('x@mail.village-net.example', ['Village-Net.example'])).toBe(true);
  expect(isFreeMailDomain('x@notvillage-net.example', ['village-net.example'])).toBe(false);
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

import { domainToASCII, domainToUnicode } from 'node:url';
import freeMailDomains from 'email-providers/all.json';
import { getDomain, getHostname } from 'tldts';
import { visible } from './invisible';

/** Consumer mail domains that `email-providers` 2.26 does not list; a test says which of them it has learned since. */
export const freeMailAddendum: readonly string[] = [
  // Private mail services
  'disroot.org',
  'duck.com',
  'fastmail.com',
  'fastmail.de',
  'fastmail.jp',
  'keemail.me',
  'mailfence.com',
  'mozmail.com',
  'posteo.de',
  'riseup.net',
  'simplelogin.com',
  'startmail.com',
  'tuta.com',
  'tuta.io',
  'tutamail.com',
  'tutanota.com',
  'tutanota.de',
  'zohomail.com',
  'zohomail.eu',
  // Internet access providers and portals
  'eresmas.net',
  'euskaltel.net',
  'gmx.ch',
  'gmx.us',
  'jazztel.es',
  'movistar.es',
  'mundo-r.com',
  'ono.com',
  'orange.es',
  'telefonica.net',
  'vodafone.it',
  'wanadoo.nl',
  'ya.com',
  'ziggo.nl',
];

/** Listed by `email-providers`, but no mail service: RFC 2606 reserves it for documentation and try-outs. */
const notFreeMail = new Set(['example.com']);

const freeMail = new Set([...freeMailDomains, ...freeMailAddendum].filter((domain) => !notFreeMail.has(domain)));

/**
 * Domains below which each customer has a name of its own, and that the public suffix list leaves out: the tenants of
 * Microsoft 365 in all its clouds.
 */
const TENANT_DOMAINS: readonly string[] = [
  'onmicrosoft.com',
  'onmicrosoft.us',
  'onmicrosoft.de',
  'partner.onmschina.cn',
];

/**
 * Private suffixes of the list below which one organisation has its own departments or services, and whose people have
 * their addresses right there: to be a suffix keeps browsers from sharing cookies, and says nothing about mail.
 */
const ONE_ORGANISATION = new Set([
  'activetrail.biz',
  'akamai.net',
  'cloudflare.net',
  'fh-muenster.io',
  'freedesktop.org',
  'hepforge.org',
  'kuleuven.cloud',
  'ladesk.com',
  'leadpages.co',
  'notion.site',
  'paywhirl.com',
  'rub.de',
  'ruhr-uni-bochum.de',
  'simplesite.com',
  'supabase.co',
  'torproject.net',
  'utwente.io',
]);

/**
 * The part after the last `@`, or the host of an address such as `https://www.acme.example/about` (HubSpot's company
 * domains are typed by people), in lower case and punycode: the one spelling in which hosts are compared here.
 * `null` when there is none.
 */
export function hostOf(emailOrDomain: string): string | null {
  const text = visible(emailOrDomain).trim();
  const domain = text.includes('://') ? text : text.slice(text.lastIndexOf('@') + 1);
  const host = domainToASCII(getHostname(domain) ?? '').replace(/\.$/, '');
  return host === '' ? null : host;
}

/**
 * The registrable domain by the public suffix list, in lower case and punycode: `Marc@Mail.Acme.co.uk` gives
 * `acme.co.uk`. Where names are given out below a company's own name (`uk.com`, `github.io`, the tenants of
 * `onmicrosoft.com`) it is that name: `jane@brook.uk.com` gives `brook.uk.com`. A top level that the list does not know
 * (`.example`) counts as a suffix of one label. `null` for IP addresses, bare public suffixes and hosts without a dot.
 */
export function registrableDomain(emailOrDomain: string): string | null {
  const host = hostOf(emailOrDomain);
  if (host === null) return null;
  const registered = getDomain(host, { allowPrivateDomains: false });
  if (registered !== null && ONE_ORGANISATION.has(registered)) return registered;
  const tenants = TENANT_DOMAINS.find((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  return tenants === undefined ? getDomain(host, { allowPrivateDomains: true }) : tenantDomain(host, tenants);
}

/** `fabrikam.mail.onmicrosoft.com` routes mail to the tenant `fabrikam.onmicrosoft.com` (Exchange hybrid deployments). */
function tenantDomain(host: string, suffix: string): string | null {
  const labels = host.slice(0, -suffix.length - 1).split('.');
  const tenant = labels.at(-1) === 'mail' ? labels.at(-2) : labels.at(-1);
  return tenant === undefined || tenant === '' ? null : `${tenant}.${suffix}`;
}

/** Both spellings of a domain, punycode first: a company may be kept under `münchen.example` as well. One when they are the same. */
export function domainSpellings(domain: string): string[] {
  const ascii = hostOf(domain);
  return ascii === null ? [] : [...new Set([ascii, domainToUnicode(ascii)])];
}

/**
 * Whether anybody can get an address there (gmail.com, yahoo.co.uk …), so that the domain says nothing about a company.
 * The whole host is looked up as well as its registrable domain: the list has providers that sit on a subdomain.
 */
export function isFreeMailDomain(emailOrDomain: string): boolean {
  const host = hostOf(emailOrDomain);
  if (host === null) return false;
  const registrable = registrableDomain(host);
  return freeMail.has(host) || (registrable !== null && freeMail.has(registrable));
}

/** Whether a host is one of the domains or below one: `eu.acme.example` is within `acme.example`. */
export function isWithinDomain(emailOrDomain: string, domain: string): boolean {
  const host = hostOf(emailOrDomain);
  const parent = hostOf(domain);
  return host !== null && parent !== null && (host === parent || host.endsWith(`.${parent}`));
}

/**
 * Whether a text has the form of an e-mail address. Wide on purpose, since a refused address refuses the meeting:
 * plus signs, apostrophes, capitals, doubled dots and other scripts all occur in addresses that work. Before the `@`
 * there are at most 64 characters (RFC 5321, section 4.5.3.1.1, counts bytes), after it a name that DNS could hold.
 */
export function isEmailAddress(text: string): boolean {
  const match = /^[^\s\p{Cc}@<>()[\]\\,;:"]{1,64}@([^\s\p{Cc}@<>()[\]\\,;:"/?#%]+)$/u.exec(text);
  if (!match) return false;
  return domainToASCII(match[1] ?? '')
    .split('.')
    .every((label) => /^[a-z0-9-]{1,63}$/.test(label));
}

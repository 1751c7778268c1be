import { domainToASCII, domainToUnicode } from 'node:url';
import freeMailDomains from 'email-providers/all.json';
import { getDomain, getHostname } from 'tldts';
import { freeMailAddendum } from './free-mail-addendum';
import { listedFreeMail } from './free-mail-lists';
import { visible } from './invisible';

/**
 * Domains of companies whose people have their addresses there, though lists of free mail name them: those of access
 * providers give their customers another one (`cox.net`, `btinternet.com`), or have ended (`facebook.com`). RFC 2606
 * reserves `example.com` for documentation and try-outs.
 */
const COMPANIES = new Set([
  'alibaba.com',
  'bt.com',
  'charter.com',
  'comcast.com',
  'cox.com',
  'example.com',
  'facebook.com',
  'starbucks.com',
  'telstra.com',
  'telstra.com.au',
]);

/**
 * Services with a domain in every country: Microsoft, Yahoo, AOL, GMX, Google in Germany. Country codes that companies
 * use for their meaning are none of them: live.tv and outlook.ai are somebody else's.
 */
const EVERYWHERE =
  /^(?:hotmail|outlook|live|msn|windowslive|yahoo|ymail|rocketmail|aol|gmx|googlemail)\.(?:(?:com?|net|ne|or)\.)?(?!(?:ai|cc|co|eu|fm|gg|io|la|me|to|tv|ws)$)[a-z]{2}$/;

const freeMail = new Set(
  [...freeMailDomains, ...listedFreeMail, ...freeMailAddendum].filter((domain) => !COMPANIES.has(domain)),
);

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
 * The whole host is looked up as well as its registrable domain: the lists have providers that sit on a subdomain.
 * They are the npm packages `email-providers` (ISC; from lists of consumer mail and throw-away addresses) and those of
 * `free-mail-lists.ts`, our own addendum, and the services that have a domain in every country.
 *
 * @param more - the workspace's own, as the setting `freeMailDomains` has them; with the domains below them
 */
export function isFreeMailDomain(emailOrDomain: string, more: readonly string[] = []): boolean {
  const host = hostOf(emailOrDomain);
  if (host === null) return false;
  const registrable = registrableDomain(host);
  return (
    freeMail.has(host) ||
    (registrable !== null && (freeMail.has(registrable) || EVERYWHERE.test(registrable))) ||
    more.some((domain) => isWithinDomain(host, domain))
  );
}

/** Whether a host is one of the domains or below one: `eu.acme.example` is within `acme.example`. */
export function isWithinDomain(emailOrDomain: string, domain: string): boolean {
  const host = hostOf(emailOrDomain);
  const parent = hostOf(domain);
  return host !== null && parent !== null && (host === parent || host.endsWith(`.${parent}`));
}

/**
 * Whether a text has the form of an e-mail address of at most 320 characters. Wide on purpose, since nobody is matched
 * without one: plus signs, apostrophes, capitals, doubled dots and other scripts all occur in addresses that work, and
 * Google's group calendars have 66 characters before the `@` (RFC 5321, section 4.5.3.1.1, allows 64). After it stands
 * a name that DNS could hold.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > 320) return false;
  const match = /^[^\s\p{Cc}@<>()[\]\\,;:"]+@([^\s\p{Cc}@<>()[\]\\,;:"/?#%]+)$/u.exec(text);
  if (!match) return false;
  return domainToASCII(match[1] ?? '')
    .split('.')
    .every((label) => /^[a-z0-9-]{1,63}$/.test(label));
}

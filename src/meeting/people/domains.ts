import { domainToASCII, domainToUnicode } from 'node:url';
import freeMailDomains from 'email-providers/all.json';
import { getDomain, getHostname } from 'tldts';
import { freeMailAddendum } from './free-mail-addendum';
import { listedFreeMail } from './free-mail-lists';
import { visible } from './invisible';

/**
 * Domains of companies whose employees have addresses there, although lists of free mail contain them. Access providers
 * among them give their customers another domain (`cox.net`, `btinternet.com`), and other mail services have ended
 * (`facebook.com`). RFC 2606 reserves `example.com` for documentation and tests.
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
 * Services with a domain in every country: Microsoft, Yahoo, AOL, GMX, Google, Yandex, Tiscali, Wanadoo, Lycos, Chello,
 * Posteo.
 * Country codes that companies use for their meaning are excluded: live.tv and outlook.ai belong to other owners. Below
 * a second level (`hotmail.com.co`) they have none.
 */
const EVERYWHERE =
  /^(?:hotmail|outlook|live|msn|windowslive|yahoo|ymail|rocketmail|aol|gmx|gmail|googlemail|yandex|tiscali|wanadoo|lycos|chello|posteo)\.(?:(?:com?|net|ne|or)\.[a-z]{2}|(?!(?:ai|cc|co|eu|fm|gg|io|la|me|to|tv|ws)$)[a-z]{2})$/;

const freeMail = new Set(
  [...freeMailDomains, ...listedFreeMail, ...freeMailAddendum].filter((domain) => !COMPANIES.has(domain)),
);

/**
 * Domains whose subdomains each belong to one customer and that the public suffix list lacks: the tenants of Microsoft
 * 365 in all its clouds.
 */
const TENANT_DOMAINS: readonly string[] = [
  'onmicrosoft.com',
  'onmicrosoft.us',
  'onmicrosoft.de',
  'partner.onmschina.cn',
];

/**
 * Services that give each customer a subdomain with mailboxes (help desks, trackers, chat), and whose own people have
 * addresses directly under the domain.
 */
const CUSTOMER_HOSTS: readonly string[] = [
  'atlassian.net',
  'freshdesk.com',
  'freshservice.com',
  'gorgias.com',
  'helpscoutapp.com',
  'hs-inbox.com',
  'intercom-mail.com',
  'my.salesforce.com',
  'service-now.com',
  'slack.com',
  'zendesk.com',
];

/**
 * Private suffixes of the list that belong to one organisation: their subdomains are its departments or services, and
 * its people have addresses directly under the suffix. Being a suffix keeps browsers from sharing cookies, and has no
 * meaning for mail.
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
 * Returns the part after the last `@`, or the host of an address such as `https://www.acme.example/about` (people type
 * HubSpot's company domains), in lower case and punycode. All comparisons of hosts use this spelling. `null` when there
 * is no host.
 */
export function hostOf(emailOrDomain: string): string | null {
  const text = visible(emailOrDomain).trim();
  const domain = text.includes('://') ? text : text.slice(text.lastIndexOf('@') + 1);
  const host = domainToASCII(getHostname(domain) ?? '').replace(/\.$/, '');
  return host === '' ? null : host;
}

/**
 * Returns the registrable domain by the public suffix list, in lower case and punycode: `Marc@Mail.Acme.co.uk` gives
 * `acme.co.uk`. Where a company gives out names below its own (`uk.com`, `github.io`, the tenants of
 * `onmicrosoft.com`), it is that name: `jane@brook.uk.com` gives `brook.uk.com`. A top level that is not in the list
 * (`.example`) counts as a suffix of one label. `null` for IP addresses, bare public suffixes and hosts without a dot.
 */
export function registrableDomain(emailOrDomain: string): string | null {
  const host = hostOf(emailOrDomain);
  if (host === null) return null;
  const registered = getDomain(host, { allowPrivateDomains: false });
  if (registered !== null && ONE_ORGANISATION.has(registered)) return registered;
  const service = CUSTOMER_HOSTS.find((domain) => host.endsWith(`.${domain}`));
  if (service !== undefined)
    return `${host
      .slice(0, -service.length - 1)
      .split('.')
      .at(-1)}.${service}`;
  const tenants = TENANT_DOMAINS.find((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  return tenants === undefined ? getDomain(host, { allowPrivateDomains: true }) : tenantDomain(host, tenants);
}

/**
 * `fabrikam.mail.onmicrosoft.com` routes mail to the tenant `fabrikam.onmicrosoft.com` (Exchange hybrid deployments).
 */
function tenantDomain(host: string, suffix: string): string | null {
  const labels = host.slice(0, -suffix.length - 1).split('.');
  const tenant = labels.at(-1) === 'mail' ? labels.at(-2) : labels.at(-1);
  return tenant === undefined || tenant === '' ? null : `${tenant}.${suffix}`;
}

/**
 * Returns both spellings of a domain, punycode first, because a company may also be stored under `münchen.example`. One
 * when they are equal.
 */
export function domainSpellings(domain: string): string[] {
  const ascii = hostOf(domain);
  return ascii === null ? [] : [...new Set([ascii, domainToUnicode(ascii)])];
}

/**
 * Whether anyone can get an address there (gmail.com, yahoo.co.uk …), so that the domain identifies no company. The
 * host is looked up as well as its registrable domain, because the lists contain providers on subdomains. The lists are
 * the npm package `email-providers` (ISC; from lists of consumer mail and throw-away addresses), those of
 * `free-mail-lists.ts`, our own addendum, and the services with a domain in every country.
 *
 * @param more - the workspace's own, from the setting `freeMailDomains`, with their subdomains
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

/** Whether a host equals a domain or is below it: `eu.acme.example` is within `acme.example`. */
export function isWithinDomain(emailOrDomain: string, domain: string): boolean {
  const host = hostOf(emailOrDomain);
  const parent = hostOf(domain);
  return host !== null && parent !== null && (host === parent || host.endsWith(`.${parent}`));
}

/**
 * Whether a text has the form of an e-mail address of at most 320 characters. The form is deliberately wide, because a
 * person without an address cannot be matched: plus signs, apostrophes, capitals, doubled dots and other scripts all
 * occur in working addresses, and Google's group calendars have 66 characters before the `@` (RFC 5321, section
 * 4.5.3.1.1, allows 64). The part after it must be a possible DNS name.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > 320) return false;
  const match = /^[^\s\p{Cc}@<>()[\]\\,;:"]+@([^\s\p{Cc}@<>()[\]\\,;:"/?#%]+)$/u.exec(text);
  if (!match) return false;
  return domainToASCII(match[1] ?? '')
    .split('.')
    .every((label) => /^[a-z0-9-]{1,63}$/.test(label));
}

import { MARKETING, MEETING, NOTIFICATION } from 'role-based-email-addresses';
import { normaliseEmail } from './mailboxes';

/** Words on the package's lists that are also people's names, or that are too weak a signal alone. */
export const NOT_SHARED: ReadonlySet<string> = new Set(
  `agency agents ambassador brand calendar chat competition content creative crm customer deals digital dispatch docs
   domain download error errors growth junk meetup news offers partner publisher questions retail schedule sem seo
   social tech trade`.split(/\s+/),
);

/**
 * Groups and offices, selected from the package's fourth list, which contains many other words, and names that it
 * lacks.
 */
const MORE =
  `accounting accounts administracion administration all all-company all-employees all-hands all-staff all-users
  all.staff all_staff allemployees allhands allstaff allteam alle anfrage anfragen bestellung bestellungen biuro billing
  board buchhaltung buero büro careers company compliance compta comptabilite crew distribution empfang employees enquiries
  enquiry equipe equipo everybody everyone facturacion finance finanzas friends frontdesk frontoffice general group hallo
  headoffice hello hey hi hiring hola hq hr human_resources humanresources infos invoice invoices it itsupport job jobs
  kontakt kundenservice leadership legal list lists mail mailbox mailing mailing-list mailinglist management marketing members
  office operations ops orders payroll personnel post procurement purchasing qa reception rechnung rechnungen recruiting
  recruitment redaktion rrhh secretariat sekretariat staff team teams theoffice theteam todos tous tutti verkauf vertrieb
  vorstand webteam welcome zentrale`.split(/\s+/);

/**
 * Names of mailboxes that belong to a function or a group: `role-based-email-addresses` 3.1 (Mixmax, MIT), its lists on
 * marketing, notifications and meetings.
 */
const SHARED: ReadonlySet<string> = new Set(
  [...MARKETING, ...NOTIFICATION, ...MEETING, ...MORE].filter((name) => !NOT_SHARED.has(name)),
);

/** `sales-team@`, `all-berlin@`, `dl-partners@`. */
const GROUP = /^(?:all|team|everyone|dl|grp|group)[._-]|[._-](?:team|all|everyone|list|group|members|staff|dl)$/;

/**
 * Whether several people read the mailbox: `info@`, `sales@`, `office@`, `all@`. It represents no person, but it may be
 * the only contact that a small company has in HubSpot. So it is matched only as the contact with exactly this address,
 * never as a company, and no contact is created for it.
 */
export function isSharedMailbox(email: string): boolean {
  const address = normaliseEmail(email);
  const name = address.slice(0, address.lastIndexOf('@')).replace(/(.)\+.*$/, '$1');
  return SHARED.has(name) || GROUP.test(name);
}

import { z } from 'zod';
import type { MailAddress, MailServer } from './mailer';

const NOT_A_SERVER = 'must be smtp://user:password@host:port, or smtps:// for TLS from the start';
const NOT_AN_ADDRESS = 'must be an e-mail address, or a name with one: Meeting Sync <sync@acme.example>';

const USUAL_PORT = { 'smtp:': 587, 'smtps:': 465 } as const;

/** `SMTP_URL`. User and password are percent-encoded, as in every URL. */
export const smtpUrl = z.string().transform((text, context): MailServer => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const protocol = url?.protocol === 'smtps:' ? 'smtps:' : 'smtp:';
  const refuse = () => {
    context.addIssue({ code: 'custom', message: NOT_A_SERVER });
    return z.NEVER;
  };
  // Options in the query could switch off the check of the server's certificate.
  if (url === null || url.protocol !== protocol || url.hostname === '' || url.search !== '' || url.hash !== '')
    return refuse();
  if (url.pathname.length > 1 || (url.username === '') !== (url.password === '')) return refuse();
  const login = { user: decoded(url.username), password: decoded(url.password) };
  if (login.user === null || login.password === null) return refuse();
  return {
    host: url.hostname.replace(/^\[(.+)\]$/, '$1'),
    port: url.port === '' ? USUAL_PORT[protocol] : Number(url.port),
    secure: protocol === 'smtps:',
    login: login.user === '' ? null : { user: login.user, password: login.password },
  };
});

/** `MAIL_FROM`. */
export const mailFrom = z.string().transform((text, context): MailAddress => {
  const [, name = '', bracketed] = /^(?:"?([^"<>\p{Cc}]*?)"?\s*<([^<>]+)>)$/u.exec(text.trim()) ?? [];
  const address = z.email().safeParse(bracketed ?? text.trim());
  if (address.success) return { name: name.trim(), address: address.data };
  context.addIssue({ code: 'custom', message: NOT_AN_ADDRESS });
  return z.NEVER;
});

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

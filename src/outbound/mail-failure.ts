import type { NodemailerError } from 'nodemailer';

/**
 * Why a mail was not sent. `address_refused`: the server takes no mail for the recipients. `mail_refused`: it does not take
 * this mail. `deferred`: not now. `mail_server`: it cannot be reached or does not accept us, which only the operator can
 * repair.
 */
export type MailFailureCause = 'address_refused' | 'mail_refused' | 'deferred' | 'mail_server';

/** nodemailer's codes for what the server answered about one mail, not about the connection. */
const ABOUT_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);

/** The cause of an error of nodemailer, the server's code, and its words. */
export function mailFailure(error: unknown): {
  readonly cause: MailFailureCause;
  readonly status: number | null;
  readonly detail: string;
} {
  const failure: Partial<NodemailerError> = error instanceof Error ? error : { message: String(error) };
  const { code, command, response, message } = failure;
  const status = failure.responseCode ?? null;
  const detail = response ?? message ?? 'unknown error';
  if (status === null || !ABOUT_THE_MAIL.has(code ?? '')) return { cause: 'mail_server', status, detail };
  if (status < 500) return { cause: 'deferred', status, detail };
  // Our sender's address, `MAIL_FROM`, is part of the configuration.
  if (command === 'MAIL FROM') return { cause: 'mail_server', status, detail };
  return { cause: command === 'RCPT TO' ? 'address_refused' : 'mail_refused', status, detail };
}

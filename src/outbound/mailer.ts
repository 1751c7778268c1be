import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import { mailFailure, type MailFailureCause } from './mail-failure';

/** The mail server of an installation (`SMTP_URL`). */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the start. Otherwise STARTTLS, where the server offers it. */
  readonly secure: boolean;
  /** With a login, a connection without TLS is refused, so that the password never travels in clear. */
  readonly login: { readonly user: string; readonly password: string } | null;
}

/** An address with the name that mail programs show. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

export interface Mail {
  /** Valid e-mail addresses. Each recipient sees the others. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /**
   * The same for each attempt, so that mail programs show a mail once which was sent twice. It becomes the Message-ID, at the
   * sender's domain. Letters, digits, dots and hyphens.
   */
  readonly id: string;
  /** The page on which a recipient can switch such mails off. */
  readonly unsubscribeUrl: string | null;
}

/** What became of one mail. `ms`: the time that it took, in milliseconds. */
export type MailOutcome =
  | {
      readonly outcome: 'delivered';
      /** The server's answer. */
      readonly answer: string;
      /** Recipients that the server did not take, while it took others. */
      readonly refused: readonly string[];
      readonly ms: number;
    }
  | {
      readonly outcome: 'failed';
      readonly cause: MailFailureCause;
      /** SMTP's code, such as 550, or null if the server did not answer. */
      readonly status: number | null;
      /** The server's answer or the error, in English. It may contain an address. */
      readonly detail: string;
      readonly ms: number;
    };

export interface MailerOptions {
  readonly server: MailServer;
  readonly from: MailAddress;
  /** For each step of the conversation, in milliseconds (`@default 15,000`). Only tests set it. */
  readonly timeoutMs?: number;
  /** Certificate authorities instead of the usual ones (PEM). Only tests set it. */
  readonly ca?: string;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/** Sends mails to the configured server, each over a connection of its own. */
export class Mailer {
  readonly #transport;
  readonly #from: MailAddress;

  constructor({ server, from, timeoutMs = DEFAULT_TIMEOUT_MS, ca }: MailerOptions) {
    const { host, port, secure, login } = server;
    const options: SMTPTransportOptions = {
      host,
      port,
      secure,
      requireTLS: !secure && login !== null,
      ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
      ...(ca === undefined ? {} : { tls: { ca } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    this.#transport = createTransport(options);
    this.#from = from;
  }

  /** Sends one mail. It does not retry, and never throws for what the server does. */
  async send({ to, subject, text, html, id, unsubscribeUrl }: Mail): Promise<MailOutcome> {
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    const domain = this.#from.address.slice(this.#from.address.lastIndexOf('@') + 1);
    try {
      const sent = await this.#transport.sendMail({
        from: { ...this.#from },
        // As objects, so that no address is read as a list of addresses.
        to: to.map((address) => ({ name: '', address })),
        subject: subject.replaceAll(CONTROL_CHARACTERS, ' ').trim(),
        text,
        html,
        messageId: `<${id}@${domain}>`,
        headers: {
          // Holiday notes and other programs do not answer it (RFC 3834).
          'Auto-Submitted': 'auto-generated',
          ...(unsubscribeUrl === null ? {} : { 'List-Unsubscribe': `<${unsubscribeUrl}>` }),
        },
      });
      return { outcome: 'delivered', answer: sent.response, refused: sent.rejected, ms: ms() };
    } catch (error) {
      return { outcome: 'failed', ...mailFailure(error), ms: ms() };
    }
  }
}

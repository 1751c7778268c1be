import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { MailServer } from '../../src/outbound/mailer';

const TLS = path.resolve(__dirname, '../fixtures/tls');
/** Of the server, for `localhost`. It is its own authority. */
export const MAIL_CERTIFICATE = readFileSync(path.join(TLS, 'certificate.pem'), 'utf8');

/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string;
  /** Recipients that were accepted. */
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: string | null;
  /** As it was sent, with its headers. */
  readonly raw: string;
}

/** A mail server that a test can let refuse. */
export interface TestMailServer {
  readonly server: MailServer;
  readonly url: string;
  readonly taken: TakenMail[];
  /** Refusals of recipients, by address: the code of the answer. */
  readonly refusedRecipients: Map<string, number>;
  /** Refuses the content of the next mails with these codes, one after the other. */
  readonly refusedMails: number[];
  close(): Promise<void>;
}

export interface MailServerOptions {
  /** Offers STARTTLS (`@default true`). */
  readonly tls?: boolean;
  /** Asks for this login. */
  readonly login?: { readonly user: string; readonly password: string };
  /** `@default any free port` */
  readonly port?: number;
}

/** Starts a mail server on this machine. */
export async function startMailServer({
  tls = true,
  login,
  port = 0,
}: MailServerOptions = {}): Promise<TestMailServer> {
  const taken: TakenMail[] = [];
  const refusedRecipients = new Map<string, number>();
  const refusedMails: number[] = [];
  const smtp = new SMTPServer({
    cert: MAIL_CERTIFICATE,
    key: readFileSync(path.join(TLS, 'key.pem'), 'utf8'),
    disableReverseLookup: true,
    disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(login === undefined ? ['AUTH'] : [])],
    allowInsecureAuth: true,
    closeTimeout: 100,
    onAuth({ username, password }, _session, callback) {
      if (username === login?.user && password === login?.password) callback(null, { user: username });
      else callback(answer(535, 'The login is wrong'));
    },
    onRcptTo({ address }, _session, callback) {
      const code = refusedRecipients.get(address);
      callback(code === undefined ? null : answer(code, `No mail for ${address}`));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const code = refusedMails.shift();
        if (code !== undefined) return callback(answer(code, 'No such mail'));
        const raw = Buffer.concat(chunks).toString('utf8');
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
          raw,
        });
        callback(null, 'Queued');
      });
    },
  });
  // A connection that breaks off is what some tests are about.
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    smtp.listen(port, '127.0.0.1', resolve);
  });
  const listening = (smtp.server.address() as AddressInfo).port;
  return {
    server: { host: 'localhost', port: listening, secure: false, login: login ?? null },
    url: `smtp://${login === undefined ? '' : `${login.user}:${login.password}@`}localhost:${listening}`,
    taken,
    refusedRecipients,
    refusedMails,
    close: () =>
      new Promise((resolve) => {
        smtp.close(resolve);
      }),
  };
}

function answer(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

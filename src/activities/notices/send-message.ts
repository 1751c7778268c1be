import { inLanguage, LANGUAGES } from '../../languages/language';
import { digestOf } from '../../messages/digest';
import type { Notice } from '../../messages/digest-facts';
import { emailBody } from '../../messages/email';
import type { Message } from '../../messages/message';
import { slackMessage } from '../../messages/slack';
import type { AttemptResult } from '../../meeting/notices/attempts';
import type { Mailer } from '../../outbound/mailer';
import type { OutboundHttp } from '../../outbound/outbound-http';
import type { DbPool } from '../../store/database';
import { messageFacts } from '../../store/notices/message-facts';
import type { OutletRow } from '../../store/notices/outlets';
import { attemptOfMail, attemptOfSlack } from './attempt-of-answer';

/** An outlet of people, with its address in clear. */
export interface PeopleOutlet extends Pick<OutletRow, 'workspace_id' | 'name' | 'daily' | 'language'> {
  readonly kind: 'slack' | 'email';
  /** The URL of an incoming webhook, or e-mail addresses with `, ` between them. */
  readonly address: string;
  readonly includes_text: boolean;
  readonly created_by: string;
}

export interface SenderDependencies {
  readonly db: DbPool;
  readonly outbound: Pick<OutboundHttp, 'post'>;
  /** Null without a mail server. */
  readonly mailer: Pick<Mailer, 'send'> | null;
  /** The URL of the pages, without a trailing slash. */
  readonly publicUrl: string;
}

const SETTINGS_PATH = '/settings/notices';
const NOTHING_TO_REPORT: AttemptResult = { error: null, status: null, answer: null };

/**
 * Sends notices to an outlet of people as one message.
 *
 * @param notices - in their order
 * @param messageId - the same for each attempt: letters, digits, dots and hyphens
 */
export async function sendMessage(
  deps: SenderDependencies,
  outlet: PeopleOutlet,
  notices: readonly Notice[],
  messageId: string,
): Promise<AttemptResult> {
  const ids = new Set(notices.flatMap(({ data: { meetingId } }) => (typeof meetingId === 'string' ? [meetingId] : [])));
  const facts = await messageFacts(deps.db, outlet.workspace_id, [...ids], outlet.includes_text);
  // A language whose file has gone meanwhile.
  const language = LANGUAGES.has(outlet.language) ? outlet.language : 'en';
  const message = inLanguage(language, () =>
    digestOf(notices, {
      ...facts,
      publicUrl: deps.publicUrl,
      day: outlet.daily ? new Date() : null,
      outlet: { name: outlet.name, createdBy: outlet.created_by, settingsPath: SETTINGS_PATH },
    }),
  );
  if (message === null) return NOTHING_TO_REPORT;
  return outlet.kind === 'slack'
    ? await sendToSlack(deps, outlet, message)
    : await sendByEmail(
        deps,
        outlet,
        inLanguage(language, () => ({ ...emailBody(message), subject: message.title })),
        {
          id: messageId,
          unsubscribeUrl: `${deps.publicUrl}${SETTINGS_PATH}`,
        },
      );
}

async function sendToSlack({ outbound }: SenderDependencies, { address }: PeopleOutlet, message: Message) {
  const body = JSON.stringify(slackMessage(message));
  const outcome = await outbound.post(address, {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body,
  });
  return attemptOfSlack(outcome, new Date());
}

async function sendByEmail(
  { mailer }: SenderDependencies,
  { address }: PeopleOutlet,
  content: { readonly subject: string; readonly text: string; readonly html: string },
  identity: { readonly id: string; readonly unsubscribeUrl: string },
): Promise<AttemptResult> {
  if (mailer === null)
    return { error: 'mail_server', status: null, answer: 'This installation has no mail server (SMTP_URL).' };
  return attemptOfMail(await mailer.send({ to: address.split(', '), ...content, ...identity }));
}

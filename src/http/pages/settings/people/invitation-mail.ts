import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { t } from '../../../../languages/text';
import { emailBody } from '../../../../messages/email';
import { invitationMessage } from '../../../../messages/invitation';
import type { Member } from '../../../../store/access/members';
import type { HttpDependencies } from '../../../dependencies';
import { formField, sessionOf } from '../../layout/session';

/** The form field that asks for an e-mail with the link. */
const FIELD = 'mail';

/**
 * Sends a sign-in link to its member, if the form asks for it. In the language of the person who sends it.
 *
 * @param until - when the link ends, for people
 * @returns one sentence about it for the page that shows the link
 */
export async function mailInvitation(
  { mailer }: Pick<HttpDependencies, 'mailer'>,
  invitation: { readonly member: Member; readonly url: string; readonly until: string },
  request: FastifyRequest,
): Promise<string> {
  const { member, url, until } = invitation;
  if (mailer === null || formField(request.body, FIELD) !== 'true')
    return t('No e-mail is sent: copy this link now and send it yourself. You will not see it again.');
  const session = sessionOf(request);
  const inviter = session.member?.name ?? session.member?.email ?? session.workspaceName;
  const message = invitationMessage({ inviter, workspace: session.workspaceName, url, until });
  const outcome = await mailer.send({
    to: [member.email],
    subject: message.title,
    ...emailBody(message),
    id: `invitation-${randomUUID()}`,
    unsubscribeUrl: null,
  });
  if (outcome.outcome === 'delivered')
    return t('The link was sent to {email}. You can also copy it here: you will not see it again.', {
      email: member.email,
    });
  const { cause, status } = outcome;
  request.log.warn(
    { workspaceId: session.workspaceId, memberId: member.id, cause, status },
    'an invitation was not sent',
  );
  return t(
    'The mail server did not accept the e-mail. Copy this link now and send it yourself. You will not see it again.',
  );
}

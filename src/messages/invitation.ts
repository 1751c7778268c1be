import { t } from '../languages/text';
import type { Message } from './message';

/** The e-mail with a sign-in link, in the language of the person who sends it. */
export function invitationMessage(invitation: {
  readonly inviter: string;
  readonly workspace: string;
  readonly url: string;
  /** When the link ends, for people. */
  readonly until: string;
}): Message {
  const { inviter, workspace, url, until } = invitation;
  return {
    title: t('{person} invites you to the workspace {workspace}', { person: inviter, workspace }),
    groups: [
      {
        title: t('{workspace} puts its meetings on HubSpot timelines. Sign in to see them.', { workspace }),
        lines: [],
        link: { text: t('Sign in'), url },
      },
      { title: t('The link works once, until {time}.', { time: until }), lines: [], link: null },
    ],
    footer: {
      text: t('You get this e-mail because {person} entered your address. If you do not know them, ignore it.', {
        person: inviter,
      }),
      link: null,
    },
  };
}

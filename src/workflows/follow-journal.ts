import { followJournal } from './activities';
import { failureOf } from './step-failure';

/**
 * Looks into HubSpot's webhooks journal once, for all accounts of the installation, and reads it to its end. A look that
 * came to nothing is followed by another one, when it is due.
 */
export async function FollowJournalWorkflow(): Promise<void> {
  await failureOf(async () => {
    while ((await followJournal()).more);
  });
}

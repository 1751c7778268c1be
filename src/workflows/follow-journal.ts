import { followJournal } from './activities';
import { failureOf } from './step-failure';

/**
 * Reads HubSpot's webhooks journal to its end, for all accounts of the installation. A run that fails ends quietly,
 * because the next one is due soon.
 */
export async function FollowJournalWorkflow(): Promise<void> {
  await failureOf(async () => {
    while ((await followJournal()).more);
  });
}

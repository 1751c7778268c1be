import { Migrator, type Migration } from 'kysely/migration';
import { openDatabase } from './database';
import * as mainJob from './migrations/0001-0019/0001_main_job';
import * as soughtActivities from './migrations/0001-0019/0002_sought_activities';
import * as manualLinks from './migrations/0001-0019/0003_manual_links';
import * as settingsChanges from './migrations/0001-0019/0004_settings_changes';
import * as crmChanges from './migrations/0001-0019/0005_crm_changes';
import * as crmContext from './migrations/0001-0019/0006_crm_context';
import * as joinedActivities from './migrations/0001-0019/0007_joined_activities';
import * as crmCatalogue from './migrations/0001-0019/0008_crm_catalogue';
import * as analytics from './migrations/0001-0019/0010_analytics';
import * as peopleAndUsage from './migrations/0001-0019/0011_people_and_usage';
import * as meetingPages from './migrations/0001-0019/0012_meeting_pages';
import * as mergedRecords from './migrations/0001-0019/0013_merged_records';
import * as webhooksJournal from './migrations/0001-0019/0014_webhooks_journal';
import * as crmTimes from './migrations/0001-0019/0015_crm_times';
import * as goneAssociations from './migrations/0001-0019/0016_gone_associations';
import * as begunPasses from './migrations/0001-0019/0017_begun_passes';
import * as knownAddresses from './migrations/0001-0019/0018_known_addresses';
import * as takenDeliveries from './migrations/0001-0019/0019_taken_deliveries';
import * as linkedFacts from './migrations/0020-0039/0020_linked_facts';
import * as backfills from './migrations/0020-0039/0021_backfills';
import * as privacyDeletions from './migrations/0020-0039/0022_privacy_deletions';
import * as erasedPeople from './migrations/0020-0039/0023_erased_people';
import * as accessChanges from './migrations/0020-0039/0024_access_changes';
import * as checkedRuns from './migrations/0020-0039/0025_checked_runs';
import * as processesAndRestores from './migrations/0020-0039/0026_processes_and_restores';
import * as unfinishedMeetings from './migrations/0020-0039/0028_unfinished_meetings';
import * as keptSearches from './migrations/0020-0039/0029_kept_searches';
import * as namedRecords from './migrations/0020-0039/0030_named_records';
import * as warnings from './migrations/0020-0039/0031_warnings';
import * as contactClaims from './migrations/0020-0039/0032_contact_claims';
import * as editedActivities from './migrations/0020-0039/0034_edited_activities';
import * as accountFacts from './migrations/0020-0039/0035_account_facts';
import * as linkBasis from './migrations/0020-0039/0036_link_basis';
import * as requestedPasses from './migrations/0020-0039/0038_requested_passes';
import * as contactRequests from './migrations/0020-0039/0039_contact_requests';
import * as probedBudgets from './migrations/0040-0059/0040_probed_budgets';
import * as bulkPasses from './migrations/0040-0059/0041_bulk_passes';
import * as passesInBulk from './migrations/0040-0059/0042_passes_in_bulk';
import * as pausedBackfills from './migrations/0040-0059/0043_paused_backfills';
import * as backgroundRequests from './migrations/0040-0059/0049_background_requests';
import * as requeues from './migrations/0040-0059/0050_requeues';
import * as ageIndexes from './migrations/0040-0059/0052_age_indexes';
import * as originsOfAccess from './migrations/0040-0059/0054_origins_of_access';
import * as dueInBulk from './migrations/0040-0059/0055_due_in_bulk';
import * as openDeals from './migrations/0040-0059/0056_open_deals';
import * as sessionDevices from './migrations/0040-0059/0057_session_devices';
import * as mergeEvents from './migrations/0040-0059/0058_merge_events';
import * as search from './migrations/0040-0059/0059_search';
import * as meetingsByDay from './migrations/0060-0079/0060_meetings_by_day';
import * as fieldValues from './migrations/0060-0079/0061_field_values';
import * as reviews from './migrations/0060-0079/0062_reviews';
import * as tasks from './migrations/0060-0079/0063_tasks';
import * as writtenLabels from './migrations/0060-0079/0064_written_labels';
import * as refusalsOfValues from './migrations/0060-0079/0065_refusals_of_values';
import * as roles from './migrations/0060-0079/0066_roles';
import * as notices from './migrations/0060-0079/0070_notices';
import * as auditEvents from './migrations/0060-0079/0068_audit_events';
import * as auditHistory from './migrations/0060-0079/0069_audit_history';
import * as signIn from './migrations/0060-0079/0074_sign_in';
import * as identityProviders from './migrations/0060-0079/0075_identity_providers';
import * as namesAndCurrency from './migrations/0060-0079/0076_names_and_currency';
import * as removedActivities from './migrations/0060-0079/0077_removed_activities';
import * as makersOfLinks from './migrations/0060-0079/0078_makers_of_links';

/** Never edit a migration after its release. Kysely's lock lets two processes migrate concurrently. */
export const migrations: Record<string, Migration> = {
  '0001_main_job': mainJob,
  '0002_sought_activities': soughtActivities,
  '0003_manual_links': manualLinks,
  '0004_settings_changes': settingsChanges,
  '0005_crm_changes': crmChanges,
  '0006_crm_context': crmContext,
  '0007_joined_activities': joinedActivities,
  '0008_crm_catalogue': crmCatalogue,
  '0010_analytics': analytics,
  '0011_people_and_usage': peopleAndUsage,
  '0012_meeting_pages': meetingPages,
  '0013_merged_records': mergedRecords,
  '0014_webhooks_journal': webhooksJournal,
  '0015_crm_times': crmTimes,
  '0016_gone_associations': goneAssociations,
  '0017_begun_passes': begunPasses,
  '0018_known_addresses': knownAddresses,
  '0019_taken_deliveries': takenDeliveries,
  '0020_linked_facts': linkedFacts,
  '0021_backfills': backfills,
  '0022_privacy_deletions': privacyDeletions,
  '0023_erased_people': erasedPeople,
  '0024_access_changes': accessChanges,
  '0025_checked_runs': checkedRuns,
  '0026_processes_and_restores': processesAndRestores,
  '0028_unfinished_meetings': unfinishedMeetings,
  '0029_kept_searches': keptSearches,
  '0030_named_records': namedRecords,
  '0031_warnings': warnings,
  '0032_contact_claims': contactClaims,
  '0034_edited_activities': editedActivities,
  '0035_account_facts': accountFacts,
  '0036_link_basis': linkBasis,
  '0038_requested_passes': requestedPasses,
  '0039_contact_requests': contactRequests,
  '0040_probed_budgets': probedBudgets,
  '0041_bulk_passes': bulkPasses,
  '0042_passes_in_bulk': passesInBulk,
  '0043_paused_backfills': pausedBackfills,
  '0049_background_requests': backgroundRequests,
  '0050_requeues': requeues,
  '0052_age_indexes': ageIndexes,
  '0054_origins_of_access': originsOfAccess,
  '0055_due_in_bulk': dueInBulk,
  '0056_open_deals': openDeals,
  '0057_session_devices': sessionDevices,
  '0058_merge_events': mergeEvents,
  '0059_search': search,
  '0060_meetings_by_day': meetingsByDay,
  '0061_field_values': fieldValues,
  '0062_reviews': reviews,
  '0063_tasks': tasks,
  '0064_written_labels': writtenLabels,
  '0065_refusals_of_values': refusalsOfValues,
  '0066_roles': roles,
  '0068_audit_events': auditEvents,
  '0069_audit_history': auditHistory,
  '0070_notices': notices,
  '0074_sign_in': signIn,
  '0075_identity_providers': identityProviders,
  '0076_names_and_currency': namesAndCurrency,
  '0077_removed_activities': removedActivities,
  '0078_makers_of_links': makersOfLinks,
};

/**
 * Applies all pending migrations.
 *
 * @returns the names of the migrations applied by this call
 * @throws the error of the first migration that fails; then none of them is applied
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const db = openDatabase(databaseUrl, {
    max: 2,
    application_name: 'hubspot-meeting-sync migrate',
    // Migrations of large tables may exceed the usual statement timeout.
    statement_timeout: false,
  });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    return results.filter((result) => result.status === 'Success').map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

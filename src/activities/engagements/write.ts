import { READ_BY_THIS_PASS, type ConnectedCrm } from '../../connection/open-crm';
import { notesActivity, summaryActivity, summaryTypeOf } from '../../hubspot/activities';
import type { Written } from '../../meeting/pass';
import { associationWarning, extraWarning, WARNING_STEP } from '../../meeting/warnings/pass-warnings';
import type { Warning } from '../../meeting/warnings/warnings';
import type { MeetingKey } from '../../store/meetings/key';
import { savePassWarnings } from '../../store/meetings/warnings';
import { ownerOf } from '../../planning/owner-of';
import { loadMeeting, type ActivityDependencies, type LoadedMeeting } from '../dependencies';
import { forgetEdits, staysForItsEdits, updateEngagement } from './update';
import { writeOne, type WriteAttempt } from './write-one';

/**
 * Brings one activity to its current content, exactly once: creates, adopts or updates it, or joins a calendar meeting.
 */
export function writeEngagement(dependencies: ActivityDependencies, kind: 'summary' | 'notes') {
  return async ({
    rewrite,
    ...meetingKey
  }: MeetingKey & { readonly rewrite: boolean }): Promise<{ readonly written: Written }> => {
    const connected = await dependencies.gateway.connect(meetingKey.workspaceId, READ_BY_THIS_PASS);
    const key = { ...meetingKey, portalId: connected.portalId, kind };
    const loaded = await loadMeeting(dependencies, meetingKey);
    const { meeting, settings, warnings } = loaded;
    const { ownerId } = await ownerOf(dependencies, connected, meeting.host.email);
    const unplaced: Warning[] = [];
    const written = await writeOne({
      ...attemptOf(dependencies, connected, key, loaded),
      // An existing activity keeps its type even if the settings have changed.
      content: (existing) =>
        kind === 'summary'
          ? summaryActivity(meeting, ownerId, existing === null ? settings.summaryType : summaryTypeOf(existing))
          : notesActivity(meeting, ownerId, settings),
      rewrite,
      joins: kind === 'summary' && settings.joinCalendarMeeting,
      report: {
        dropped: async (extras) =>
          await savePassWarnings(
            dependencies.db,
            key,
            WARNING_STEP.extras[kind],
            extras.map((extra) => extraWarning(kind, extra)),
            warnings,
          ),
        // The Meeting Summary is what matters about a meeting.
        ...(kind === 'summary'
          ? {}
          : {
              unplaced: (links, refusal) =>
                void unplaced.push(...links.map((link) => associationWarning(kind, link, refusal))),
            }),
      },
    });
    if (kind === 'notes') await savePassWarnings(dependencies.db, key, WARNING_STEP.unplaced, unplaced, warnings);
    return { written };
  };
}

function attemptOf(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  key: WriteAttempt['key'] & { readonly kind: 'summary' | 'notes' },
  { meeting }: LoadedMeeting,
): Pick<WriteAttempt, 'dependencies' | 'connected' | 'key' | 'meeting' | 'identity' | 'edits'> {
  return {
    dependencies,
    connected,
    key,
    meeting,
    identity: meeting,
    edits: {
      update: (change) => updateEngagement(dependencies, connected, key, change),
      stays: (existing) => staysForItsEdits(dependencies, connected, key, existing),
      forget: () => forgetEdits(dependencies, key),
    },
  };
}

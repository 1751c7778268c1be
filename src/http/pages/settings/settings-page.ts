import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { listAccessChanges } from '../../../store/access/access-changes';
import { listAdminLinks } from '../../../store/access/admin-links';
import { listApiKeys } from '../../../store/access/api-keys';
import { countSparedDoubles, type SparedDoubles } from '../../../store/engagements/calendar-doubles';
import { connectionFacts } from '../../../store/connections/connection-facts';
import { hubspotUsage } from '../../../store/connections/hubspot-usage';
import { listMembers } from '../../../store/access/members';
import { listSessions } from '../../../store/access/sessions';
import { countWorkers } from '../../../store/processes/processes';
import { listSettingsChanges, loadSettings } from '../../../store/settings/settings';
import { settingsChoices } from '../../../store/settings/settings-choices';
import type { HttpDependencies } from '../../dependencies';
import { peopleModel, type PeopleForms } from './people-models';
import type { PreviewModel } from './preview-models';
import { setFlash, type Flash } from '../layout/flash';
import { basePath, renderPage } from '../layout/render';
import { sessionOf } from '../layout/session';
import { counted } from '../layout/status-words';
import { settingsView, changeModels, settingsPage } from './settings-models';
import { settingsForm, sentVersions, storedVersions, valuesOf, type SentForm } from './sync-settings-form';

const CHANGES_SHOWN = 10;
const UNTOUCHED = { text: '', error: null };

/** What differs from the stored state: a form that was sent, or its preview. */
export interface SettingsPageState {
  readonly sent?: SentForm;
  readonly preview?: PreviewModel;
  readonly people?: Partial<PeopleForms>;
}

/** Renders `/settings/integrations`, with the stored values or with those of a form that was sent. */
export async function renderSettings(
  deps: Pick<HttpDependencies, 'db' | 'config' | 'connections'>,
  state: SettingsPageState,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db } = deps;
  const session = sessionOf(request);
  const { workspaceId } = session;
  const connection = await deps.connections.describe(workspaceId);
  const { portal } = connection;
  const timeZone = portal?.timeZone ?? 'UTC';
  const [settings, changes, usage, facts, choices, doubles, keys, members, sessions, adminLinks, access, workers] =
    await Promise.all([
      loadSettings(db, workspaceId),
      listSettingsChanges(db, workspaceId, CHANGES_SHOWN),
      portal && hubspotUsage(db, portal.id, timeZone),
      portal && connectionFacts(db, workspaceId, portal.id),
      portal === null ? { pipelines: [], objectTypes: [] } : settingsChoices(db, portal.id),
      countSparedDoubles(db, workspaceId),
      listApiKeys(db, workspaceId),
      listMembers(db, workspaceId),
      listSessions(db, session),
      listAdminLinks(db, workspaceId),
      listAccessChanges(db, workspaceId, CHANGES_SHOWN),
      countWorkers(db),
    ]);
  const { sent } = state;
  const form = settingsForm({
    was: sent === undefined ? storedVersions(settings) : sentVersions(request.body),
    values: sent?.values ?? valuesOf(settings),
    errors: sent?.errors ?? new Map(),
    choices,
    notes: new Map([['joinCalendarMeeting', doublesWords(doubles)]]),
  });
  const model = {
    ...settingsPage(connection, usage, facts, workers.alive),
    form,
    preview: state.preview ?? null,
    changes: changeModels(changes, choices, timeZone),
    people: peopleModel(
      { keys, members, sessions, adminLinks, access },
      { memberId: session.member?.id ?? null, timeZone },
    ),
    forms: {
      keyId: randomUUID(),
      keyName: UNTOUCHED,
      email: UNTOUCHED,
      memberName: UNTOUCHED,
      ...state.people,
    },
  };
  return await renderPage(
    deps,
    { view: settingsView(model), title: 'Integrations', section: 'settings' },
    request,
    reply,
  );
}

/** Returns to `/settings/integrations` with a message. */
export function backToSettings(
  { config: { publicUrl } }: Pick<HttpDependencies, 'config'>,
  reply: FastifyReply,
  flash: Flash,
): FastifyReply {
  setFlash(reply, publicUrl, flash);
  return reply.redirect(`${basePath(publicUrl)}/settings/integrations`, 303);
}

/** Empty while HubSpot has not been asked about any meeting. */
function doublesWords({ days, doubles, joined, unchecked }: SparedDoubles): string {
  if (doubles + joined + unchecked === 0) return '';
  const avoided = joined === 0 ? '' : ` It avoided ${joined}.`;
  const open = unchecked === 0 ? '' : ` ${counted(unchecked, 'meeting is', 'meetings are')} still to be checked.`;
  const many = counted(doubles, 'summary', 'summaries');
  return `In the last ${days} days, this would have avoided ${many} next to a calendar meeting.${avoided}${open}`;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storedText } from '../../../../languages/stored-text';
import { t } from '../../../../languages/text';
import { addedMappings } from '../../../../meeting/fields/mapping';
import type { StandardPropertiesDocument } from '../../../../meeting/fields/standard-properties';
import type { KnownProperties } from '../../../../planning/fields/candidates-of';
import { knownProperties } from '../../../../planning/fields/known-properties';
import { previewSettings } from '../../../../planning/settings-preview';
import { findConnection } from '../../../../store/connections/connections';
import { seenFieldValues } from '../../../../store/fields/seen-values';
import { objectTypes } from '../../../../store/mirror/catalogue';
import { recordNames } from '../../../../store/mirror/record-names';
import { changeSettings, loadSettings } from '../../../../store/settings/settings';
import { settingsChoices } from '../../../../store/settings/settings-choices';
import type { HttpDependencies } from '../../../dependencies';
import { askingHubSpot } from '../../../plumbing/hubspot-problems';
import { createStandardProperties } from '../../../acts/standard-properties';
import { ProblemError } from '../../../plumbing/problems';
import { connectWords, hubSpotWorks } from '../../layout/hubspot-works';
import { versionOf } from '../../layout/live';
import { sessionOf } from '../../layout/session';
import { formOptions, pageOptions } from '../../layout/guard';
import { kindOf } from '../../layout/status-words';
import { recordLine } from '../../meeting/tree-models';
import { noPreview, type PreviewModel } from '../preview-models';
import { settingsPath } from '../settings-nav';
import { backToSettings, renderSettings } from '../settings-page';
import { readMappingForm, storedForm, withNewRow, type MappingForm } from './mapping-form';
import { mappingFormModel, type MappingFormModel } from './mapping-models';
import { mappingPreview } from './mapping-preview';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'connections' | 'gateway' | 'log'>;

/** The page of the mappings. */
interface MappingsPageModel {
  readonly form: MappingFormModel;
  readonly preview: PreviewModel | null;
  /** The form was sent and not saved. */
  readonly unsaved: boolean;
  /** A script shows the preview at once: the form was changed, and every row has a property. */
  readonly previewNow: boolean;
  /** Why the account's properties are not known now; null when they are. */
  readonly problem: string | null;
  /** The words of the link that makes HubSpot work again; null while it works. */
  readonly connect: string | null;
}

/** `/settings/fields`: which values of meetings go into which properties of the linked records. */
export function registerMappings(pages: FastifyInstance, deps: Dependencies): void {
  const path = settingsPath('fields');
  const guardedForm = formOptions(pages, 'admin');
  pages.get(path, pageOptions('admin'), async (request, reply) => {
    const stored = await loadSettings(deps.db, sessionOf(request).workspaceId);
    return await show(deps, { form: storedForm(stored), unsaved: false, preview: null }, request, reply);
  });
  pages.post(path, guardedForm, async (request, reply) => await save(deps, request, reply));
  pages.post(`${path}/preview`, guardedForm, async (request, reply) => {
    const form = readMappingForm(request.body);
    const preview = form.settings === null ? null : await previewOf(deps, form.settings, request);
    const answer = form.errors.size > 0 ? reply.code(400) : reply;
    return await show(deps, { form, unsaved: true, preview }, request, answer);
  });
  pages.post(`${path}/add`, guardedForm, async (request, reply) => {
    const form = withNewRow(readMappingForm(request.body), request.body);
    return await show(deps, { form, unsaved: true, preview: null }, request, reply);
  });
  pages.post(`${path}/standard-properties`, guardedForm, async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    try {
      const document = await createStandardProperties(deps, workspaceId, actor);
      return backToSettings(deps, reply, standardFlash(document), 'fields');
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return backToSettings(deps, reply, { kind: 'error', message: storedText(error.message), action: '' }, 'fields');
    }
  });
}

interface Shown {
  readonly form: MappingForm;
  readonly unsaved: boolean;
  readonly preview: PreviewModel | null;
}

async function show(
  deps: Dependencies,
  { form, unsaved, preview }: Shown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db } = deps;
  const { workspaceId } = sessionOf(request);
  const connection = await findConnection(db, workspaceId);
  const [{ properties, problem }, seen, choices] = await Promise.all([
    propertiesOf(deps, workspaceId, form),
    seenFieldValues(db, workspaceId),
    connection === null ? null : settingsChoices(db, connection.portal_id),
  ]);
  const facts = { path: settingsPath('fields'), properties, seen, customTypes: choices?.objectTypes ?? [] };
  const drawn = mappingFormModel(form, facts);
  const isComplete = drawn.rows.every(
    ({ property, properties: all }) => property !== null || all.some((each) => each.chosen),
  );
  const previewNow = unsaved && preview === null && form.errors.size === 0 && isComplete;
  const connect = hubSpotWorks(connection) ? null : connectWords(connection);
  const model: MappingsPageModel = { form: drawn, preview, unsaved, previewNow, problem, connect };
  return await renderSettings(deps, { id: 'fields', template: 'mappings', model, htmx: true }, request, reply);
}

/** The properties of the object types that the form names. */
async function propertiesOf(
  { gateway }: Dependencies,
  workspaceId: string,
  { rows }: Pick<MappingForm, 'rows'>,
): Promise<{ readonly properties: ReadonlyMap<string, KnownProperties>; readonly problem: string | null }> {
  try {
    const { crm } = await askingHubSpot(gateway.connect(workspaceId));
    const types = new Set(rows.map(({ objectType }) => objectType));
    const mappings = rows.flatMap((row) => (row.property === '' ? [] : [{ ...row, policy: 'ours' as const }]));
    return { properties: await askingHubSpot(knownProperties(crm, types, mappings)), problem: null };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { properties: new Map(), problem: storedText(error.message) };
  }
}

async function save(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId, actor } = sessionOf(request);
  const form = readMappingForm(request.body);
  if (form.errors.size > 0) return await show(deps, { form, unsaved: true, preview: null }, request, reply.code(400));
  const names = Object.keys(form.patch);
  if (names.length === 0) {
    const message = t('You have not changed anything.');
    return backToSettings(deps, reply, { kind: 'success', message, action: '' }, 'fields');
  }
  const { fieldMappings } = await loadSettings(deps.db, workspaceId);
  // A list is saved as a whole, and would undo what another person saved meanwhile.
  if (form.patch.fieldMappings !== undefined && versionOf(fieldMappings) !== form.was.fieldMappings) {
    const why = t('Another person changed the mappings meanwhile. Discard your changes to see them.');
    const refused = { ...form, errors: new Map([[-1, [why]]]) };
    return await show(deps, { form: refused, unsaved: true, preview: null }, request, reply.code(409));
  }
  await changeSettings(deps.db, workspaceId, form.patch, actor);
  request.log.info({ workspaceId, settings: names }, 'settings changed');
  const isAdded = addedMappings(fieldMappings, form.patch.fieldMappings ?? []).length > 0;
  const action = isAdded ? t('The values of past meetings are written in the background.') : '';
  return backToSettings(deps, reply, { kind: 'success', message: t('Saved.'), action }, 'fields');
}

async function previewOf(
  deps: Dependencies,
  settings: NonNullable<MappingForm['settings']>,
  request: FastifyRequest,
): Promise<PreviewModel> {
  const { db, gateway } = deps;
  const { workspaceId } = sessionOf(request);
  const connection = await findConnection(db, workspaceId);
  if (connection === null) return noPreview(t('Connect HubSpot first to see what changes. You can save without it.'));
  try {
    const preview = await askingHubSpot(previewSettings(deps, workspaceId, settings));
    const records = preview.meetings.flatMap(({ fields }) => fields);
    const types = new Set(settings.fieldMappings.map(({ objectType }) => objectType));
    const [names, custom, properties] = await Promise.all([
      recordNames(db, connection.portal_id, records),
      objectTypes(db, connection.portal_id),
      askingHubSpot(gateway.connect(workspaceId).then(({ crm }) => knownProperties(crm, types, []))),
    ]);
    const typeNames = new Map(custom.map((type) => [type.object_type, type.singular]));
    const row = { portal_id: connection.portal_id };
    return mappingPreview(preview, {
      timeZone: connection.time_zone,
      recordOf: (field) => recordLine(field, { names, typeNames, row, connection }),
      labelOf: (objectType, property) => properties.get(objectType)?.byName.get(property)?.label ?? property,
    });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return noPreview(
      t('No preview right now: {why} Try again in a moment, or save without one.', { why: storedText(error.message) }),
    );
  }
}

/** More would not fit into a message. The API lists all of them. */
const PROBLEMS_SHOWN = 3;

function standardFlash({ created, properties }: StandardPropertiesDocument) {
  const wrong = properties.filter(({ message }) => message !== null);
  const shown = wrong
    .slice(0, PROBLEMS_SHOWN)
    .map(({ objectType, label, message }) => `${kindOf(objectType)} · ${label}: ${storedText(message ?? '')}`);
  return {
    kind: wrong.length === 0 ? ('success' as const) : ('error' as const),
    message:
      created === 0 && wrong.length === 0
        ? t('All standard properties exist already.')
        : t(
            '{count, plural, =0 {No property was} one {# property was} other {# properties were}} created in HubSpot.',
            {
              count: created,
            },
          ),
    action: shown.join(' '),
  };
}

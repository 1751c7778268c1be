import type { FastifyInstance, FastifyReply } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import { previewMeeting } from '../../../planning/preview';
import { findConnection } from '../../../store/connections/connections';
import { objectTypes } from '../../../store/mirror/catalogue';
import { recordNames } from '../../../store/mirror/record-names';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { presentMeeting } from '../../record-choices';
import { renderPage } from '../layout/render';
import { pageOptions } from '../layout/guard';
import { meetingPath, titleOf } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { fieldLine, type FieldLine } from './field-lines';
import { keyOf, type MeetingRequest } from './meeting-forms';
import { previewedTaskLine, type PreviewedTaskLine } from './task-lines';
import { personWords, recordLine, whyLinked, type RecordLine } from './tree-models';
import { foundOrProblem, type AskingProblem } from './records';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'gateway'>;

/** The page with the records that a sync would link now, those that it would not, and why. */
interface WhyLinkedPageModel {
  readonly path: string;
  readonly heading: string;
  readonly problem: AskingProblem | null;
  readonly reason: { readonly message: string; readonly action: string } | null;
  readonly linked: readonly (RecordLine & { readonly why: string })[];
  readonly notLinked: readonly {
    readonly message: string;
    readonly record: RecordLine | null;
    readonly person: string | null;
  }[];
  /** What the properties of the linked records would have. */
  readonly fields: readonly FieldLine[];
  /** What would become of the tasks of next steps. */
  readonly tasks: readonly PreviewedTaskLine[];
}

const whyLinkedView = (model: WhyLinkedPageModel): FilledView => ({ template: 'meeting/why-linked', model });

/** `/meetings/{id}/why-linked`: what a sync would link now. It reads from HubSpot and changes nothing. */
export function registerWhyLinkedPage(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/meetings/:meetingId/why-linked', pageOptions('read'), async (request: MeetingRequest, reply) => {
    return await showWhyLinked(deps, request, reply);
  });
}

async function showWhyLinked(deps: Dependencies, request: MeetingRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { db } = deps;
  const key = keyOf(request);
  const [row, connection] = [await presentMeeting(deps, key), await findConnection(db, key.workspaceId)];
  const preview = await foundOrProblem(askingHubSpot(previewMeeting(deps, key)));
  const shown =
    preview === null || !('links' in preview)
      ? { links: [], leftOut: [], fields: [], tasks: [], reason: null }
      : preview;
  const refs = [...shown.links, ...shown.leftOut.flatMap(({ record }) => record ?? []), ...shown.fields];
  const names = connection === null ? new Map<string, string>() : await recordNames(db, connection.portal_id, refs);
  const types = connection === null ? [] : await objectTypes(db, connection.portal_id);
  const known = {
    names,
    typeNames: new Map(types.map((type) => [type.object_type, type.singular])),
    row: { ...row, portal_id: null },
    connection,
  };
  const model: WhyLinkedPageModel = {
    path: meetingPath(key.meetingId),
    heading: titleOf({ meetingId: key.meetingId, title: row.title }),
    problem: preview !== null && 'message' in preview ? preview : null,
    reason: shown.reason && { message: storedText(shown.reason.message), action: storedText(shown.reason.action) },
    linked: shown.links.map((link) => ({ ...recordLine(link, known), why: whyLinked(link, known) })),
    notLinked: shown.leftOut.map(({ message, record, person }) => ({
      message: storedText(message),
      record: record === null ? null : recordLine(record, known),
      person: person === null ? null : personWords(person),
    })),
    fields: shown.fields.map((field) => fieldLine(field, recordLine(field, known))),
    tasks: shown.tasks.map((task) => previewedTaskLine(task, connection?.time_zone ?? 'UTC')),
  };
  const page = { view: whyLinkedView(model), title: t('Why these records?'), section: 'meetings' } as const;
  return await renderPage(deps, page, request, reply);
}

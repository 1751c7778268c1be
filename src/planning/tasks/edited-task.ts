import type { CrmRecord } from '../../hubspot/client/batch-answers';
import { editedProperties, type EditedQuestion } from '../../hubspot/edited-properties';
import type { Properties } from '../../hubspot/objects';
import { questionOf, type LastWrites } from '../edited-question';

type Read = Pick<CrmRecord, 'properties'>;

/** Properties whose change by a person makes the task theirs. An empty value: we may never have written it. */
const WATCHED: Properties = {
  hs_timestamp: '',
  hubspot_owner_id: '',
  hs_task_subject: '',
  hs_task_body: '',
  hs_task_status: '',
  hs_task_type: '',
};

/**
 * The properties of a task that a person changed since our last write. A task with one of them is theirs: completed, edited
 * or reassigned. A priority counts too, because we never set one.
 *
 * @param wanted - what is due; nothing if the step is no longer in the meeting
 */
export function editedInTask(row: LastWrites, wanted: Properties, current: Read): string[] {
  const priority = current.properties['hs_task_priority'] ?? '';
  return [
    ...editedProperties(taskQuestion(row, wanted, current)),
    ...(priority === '' || priority === 'NONE' ? [] : ['hs_task_priority']),
  ];
}

export function taskQuestion(row: LastWrites, wanted: Properties, current: Read): EditedQuestion {
  return questionOf(row, { ...WATCHED, ...wanted }, current);
}

import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { MAIN_BODY, bodyPreview } from './bodies';
import type { SandboxOwner, SandboxPipeline, SandboxPortal } from './catalogue';
import type { SandboxObjectType } from './object-types';
import { instantText } from './property-values';
import type { Values } from './records';

/** The HubSpot app behind every API write. */
export const APP_ID = 4242001;

export interface DerivationContext {
  portal: SandboxPortal;
  type: SandboxObjectType;
  id: string;
  /** Milliseconds of the write. */
  now: number;
  owner: (ownerId: string) => SandboxOwner | undefined;
  pipelines: SandboxPipeline[];
}

const zeros = (names: string): Values => Object.fromEntries(names.split(' ').map((name) => [name, '0']));

/** Returns the properties that HubSpot sets on a new record; names and values as recorded. */
export function derivedOnCreate(values: Values, context: DerivationContext): Values {
  const { type, id, now } = context;
  const time = instantText(now);
  const made: Values = {
    [type.created]: time,
    [type.modified]: time,
    hs_object_id: id,
    hs_object_source: 'INTEGRATION',
    hs_object_source_id: String(APP_ID),
    hs_object_source_label: 'INTEGRATION',
    ...(type.kind === 'activity' ? { hs_obj_coords: `${type.typeId}-${id}` } : {}),
    ...INITIAL[type.typeId]?.({ ...context, values, time }),
  };
  return { ...made, ...values, ...derivedOnWrite(values, { ...made, ...values }, context) };
}

/** Initial values by object type id: of a contact, a company, a deal, a ticket and a task. */
const INITIAL: Readonly<Record<string, (made: DerivationContext & { values: Values; time: string }) => Values>> = {
  '0-1': ({ id, now, time }) => ({
    ...zeros('hs_associated_target_accounts hs_membership_has_accessed_private_content hs_registered_member'),
    ...zeros('hs_prospecting_agent_actively_enrolled_count hs_prospecting_agent_total_enrolled_count'),
    ...zeros('hs_sequences_actively_enrolled_count num_notes'),
    hs_all_contact_vids: id,
    hs_currently_enrolled_in_prospecting_agent: 'false',
    hs_is_contact: 'true',
    hs_is_unworked: 'true',
    hs_lifecyclestage_lead_date: String(now),
    hs_pipeline: 'contacts-lifecycle-pipeline',
    hs_v2_date_entered_current_stage: time,
    hs_v2_time_in_current_stage: time,
    lifecyclestage: 'lead',
  }),
  '0-2': ({ values, portal, time }) => ({
    ...zeros('hs_num_blockers hs_num_child_companies hs_num_contacts_with_buying_roles hs_num_decision_makers'),
    ...zeros('hs_num_open_deals num_associated_contacts num_notes'),
    hs_annual_revenue_currency_code: portal.currency,
    hs_pipeline: 'companies-lifecycle-pipeline',
    hs_v2_date_entered_current_stage: time,
    hs_v2_time_in_current_stage: time,
    lifecyclestage: 'lead',
    ...(values['domain'] !== undefined && values['domain'] !== '' ? { website: values['domain'] } : {}),
  }),
  '0-3': ({ time }) => ({
    ...zeros('days_to_close hs_closed_amount hs_closed_amount_in_home_currency hs_closed_won_count'),
    ...zeros('hs_days_to_close_raw hs_deal_stage_probability_shadow hs_num_associated_active_deal_registrations'),
    ...zeros('hs_num_associated_deal_registrations hs_num_associated_deal_splits hs_num_of_associated_line_items'),
    ...zeros('hs_num_target_accounts hs_number_of_call_engagements hs_number_of_inbound_calls'),
    ...zeros('hs_number_of_outbound_calls hs_number_of_overdue_tasks hs_projected_amount'),
    ...zeros('hs_projected_amount_in_home_currency num_associated_contacts num_notes'),
    hs_createdate: time,
    hs_has_last_conversation_follow_ups: 'false',
    hs_has_last_meeting_followups: 'false',
    hs_is_closed_lost: 'false',
    hs_is_closed_won: 'false',
    hs_is_deal_split: 'false',
  }),
  '0-5': ({ id, time }) => ({
    ...zeros('hs_num_associated_companies hs_num_associated_conversations hs_num_times_contacted num_notes'),
    hs_helpdesk_sort_timestamp: time,
    hs_is_closed: 'false',
    hs_is_visible_in_help_desk: 'true',
    hs_last_email_activity: 'ORIGINAL_FROM_CONTACT',
    hs_last_message_from_visitor: 'false',
    hs_ticket_id: id,
    hs_v2_date_entered_current_stage: time,
    hs_v2_time_in_current_stage: time,
  }),
  '0-27': ({ values, time }) => ({
    ...zeros('hs_task_completion_count hs_task_is_completed hs_task_is_completed_call hs_task_is_completed_email'),
    ...zeros('hs_task_is_completed_linked_in hs_task_is_completed_sequence'),
    hs_engagements_last_contacted: values['hs_timestamp'] ?? '',
    hs_start_date_with_fallback: time,
    hs_task_family: 'SALES',
    hs_task_for_object_type: 'OWNER',
    hs_task_is_all_day: 'false',
    hs_task_is_sub_task: 'false',
  }),
};

/** Returns the properties that follow from the values of a create or update. `all` has the record's values after it. */
export function derivedOnWrite(written: Values, all: Values, context: DerivationContext): Values {
  return {
    ...ownerValues(written, context),
    ...bodyValues(written, context.type),
    ...(context.type.typeId === '0-1' ? contactValues(all) : {}),
    ...(context.type.typeId === '0-2' && (all['name'] ?? '') !== '' ? { hs_task_label: all['name'] ?? '' } : {}),
    ...(context.type.typeId === '0-3' ? dealValues(written, all, context) : {}),
    ...(context.type.typeId === '0-27' ? taskValues(all, context.now) : {}),
  };
}

function ownerValues(written: Values, context: DerivationContext): Values {
  const ownerId = written['hubspot_owner_id'];
  if (ownerId === undefined) return {};
  const userId = context.owner(ownerId)?.userId;
  return {
    hs_all_owner_ids: ownerId,
    hs_user_ids_of_all_owners: userId === undefined ? '' : String(userId),
    hubspot_owner_assigneddate: instantText(context.now),
  };
}

function bodyValues(written: Values, type: SandboxObjectType): Values {
  const body = written[MAIN_BODY[type.typeId] ?? ''];
  if (body === undefined) return {};
  const preview = bodyPreview(body);
  return {
    hs_body_preview: preview.text,
    hs_body_preview_html: preview.html,
    hs_body_preview_is_truncated: String(preview.truncated),
  };
}

function contactValues(all: Values): Values {
  const email = all['email'] ?? '';
  const name = [all['firstname'] ?? '', all['lastname'] ?? ''].filter((part) => part !== '').join(' ');
  const shown = name === '' ? email : name;
  return {
    ...(email === '' ? {} : { hs_email_domain: email.slice(email.indexOf('@') + 1) }),
    ...(shown === '' ? {} : { hs_full_name_or_email: shown }),
    ...searchableNumber('hs_searchable_calculated_phone_number', all['phone']),
    ...searchableNumber('hs_searchable_calculated_mobile_number', all['mobilephone']),
  };
}

/**
 * Returns area code and local number, as the search guide describes it. A country code that is not written is unknown.
 */
function searchableNumber(name: string, number: string | undefined): Values {
  if (number === undefined) return {};
  const parsed = parsePhoneNumberFromString(number.replace(/^00/u, '+'));
  return { [name]: parsed?.nationalNumber ?? number.replaceAll(/\D/gu, '') };
}

function dealValues(written: Values, all: Values, context: DerivationContext): Values {
  const stageId = all['dealstage'];
  const pipeline =
    context.pipelines.find((each) => each.id === all['pipeline']) ??
    context.pipelines.find((each) => each.stages.some((stage) => stage.id === stageId));
  const stage = pipeline?.stages.find((each) => each.id === stageId);
  const amount = Number(all['amount'] ?? '0');
  const amounts: Values = (all['amount'] ?? '') === '' ? {} : { amount_in_home_currency: all['amount'] ?? '' };
  if ((all['amount'] ?? '') !== '') amounts['hs_forecast_amount'] = all['amount'] ?? '';
  if (pipeline === undefined || stage === undefined) return amounts;
  const probability = stage.probability ?? '0';
  const weighted = String(amount * Number(probability));
  const won = stage.isClosed && Number(probability) === 1;
  const entered = instantText(context.now);
  const created = Date.parse(all['createdate'] ?? entered);
  const days = (Date.parse(all['closedate'] ?? entered) - created) / 86_400_000;
  return {
    ...amounts,
    pipeline: pipeline.id,
    days_to_close: String(Math.max(0, Math.floor(days))),
    hs_days_to_close_raw: String(Math.max(0, days)),
    hs_actual_duration: String(Math.max(0, Math.round(days * 86_400_000))),
    hs_closed_amount: won ? String(amount) : '0',
    hs_closed_amount_in_home_currency: won ? String(amount) : '0',
    hs_closed_deal_close_date: '0',
    hs_closed_deal_create_date: '0',
    hs_closed_won_count: won ? '1' : '0',
    hs_deal_stage_probability: probability,
    hs_deal_stage_probability_shadow: probability,
    hs_is_closed: String(stage.isClosed),
    hs_is_closed_count: stage.isClosed ? '1' : '0',
    hs_is_closed_lost: String(stage.isClosed && !won),
    hs_is_closed_won: String(won),
    hs_is_open_count: stage.isClosed ? '0' : '1',
    hs_open_amount_in_home_currency: stage.isClosed ? '0' : String(amount),
    hs_open_deal_create_date: stage.isClosed ? '0' : String(created),
    hs_projected_amount: weighted,
    hs_projected_amount_in_home_currency: weighted,
    hs_weighted_pipeline_in_company_currency: weighted,
    ...(written['dealstage'] === undefined
      ? {}
      : { hs_v2_date_entered_current_stage: entered, hs_v2_time_in_current_stage: entered }),
  };
}

const TASK_PIPELINE = '6d2f1c0e-5a0b-4c41-9a57-0f4f7b1f2a11';
const COMPLETED_STAGE = 'e0a3c7d4-1b8e-4f0c-8b52-3c9d7a6e5f22';

function taskValues(all: Values, now: number): Values {
  const done = all['hs_task_status'] === 'COMPLETED';
  const overdue = !done && Date.parse(all['hs_timestamp'] ?? '') < now;
  return {
    hs_task_completion_count: done ? '1' : '0',
    hs_task_is_completed: done ? '1' : '0',
    hs_task_is_overdue: String(overdue),
    hs_task_is_past_due_date: String(overdue),
    hs_task_missed_due_date: String(overdue),
    hs_task_missed_due_date_count: overdue ? '1' : '0',
    ...(done ? { hs_task_completion_date: instantText(now) } : {}),
    // Seen on completed tasks only. A reopened task keeps it.
    ...(done || all['hs_task_is_open'] !== undefined ? { hs_task_is_open: String(!done) } : {}),
    ...(done ? { hs_pipeline: TASK_PIPELINE, hs_pipeline_stage: COMPLETED_STAGE } : {}),
  };
}

const STAGE_ECHO = 'hs_pipeline hs_v2_date_entered_current_stage hs_v2_time_in_current_stage lifecyclestage';
const SOURCE_ECHO = 'hs_object_id hs_object_source hs_object_source_id hs_object_source_label';

const TASK_ECHO =
  'hs_task_subject hs_task_type hs_task_priority hs_task_status hs_start_date_with_fallback hs_task_is_completed_call ' +
  'hs_task_is_completed_email hs_task_is_completed_linked_in hs_task_is_completed_sequence';

/** Properties in the response to an update besides those written and what follows from them (recorded). */
const UPDATE_ECHO: Readonly<Record<string, readonly string[]>> = {
  '0-1': `${SOURCE_ECHO} createdate lastmodifieddate hs_is_unworked hs_pipeline lifecyclestage`.split(' '),
  '0-2': `${SOURCE_ECHO} ${STAGE_ECHO} createdate hs_lastmodifieddate hs_task_label domain name`.split(' '),
  '0-3': `${SOURCE_ECHO} createdate hs_lastmodifieddate pipeline dealname`.split(' '),
  '0-27': `${SOURCE_ECHO} ${TASK_ECHO} hs_createdate hs_lastmodifieddate hs_obj_coords hs_timestamp`.split(' '),
};

/** The properties that the response to an update names, besides those that were written. */
export function updateEcho(type: SandboxObjectType): readonly string[] {
  return (
    UPDATE_ECHO[type.typeId] ?? `${SOURCE_ECHO} ${type.created} ${type.modified} hs_obj_coords hs_timestamp`.split(' ')
  );
}

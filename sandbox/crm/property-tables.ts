// One property per line: name, type, field type, label, then its attributes: ro = read only, calc = calculated, unique,
// uniquero = both, owner | pipeline | stage = external options, [A,B] = options.
export const COMMON = `
hs_object_id number number Record ID ro
hs_object_source string text Record source ro
hs_object_source_id string text Record source ID ro
hs_object_source_label string text Record source label ro
hs_object_source_detail_1 string text Record source detail 1 ro
hs_merged_object_ids enumeration checkbox Merged record IDs ro
hs_unique_creation_key string text Unique creation key uniquero
hubspot_owner_id enumeration select Owner owner
hubspot_owner_assigneddate datetime date Owner assigned date ro
hs_all_owner_ids enumeration checkbox All owner IDs ro
hs_user_ids_of_all_owners enumeration checkbox User IDs of all owners ro
hs_pinned_engagement_id number number Pinned engagement ID
hs_created_by_user_id number number Created by user ID ro
hs_updated_by_user_id number number Updated by user ID ro
hs_v2_date_entered_current_stage datetime date Date entered current stage ro
hs_v2_time_in_current_stage datetime date Time in current stage ro
num_notes number number Number of sales activities ro
notes_last_updated datetime date Last activity date ro
notes_last_contacted datetime date Last contacted ro`;

const LIFECYCLE = `[subscriber,lead,marketingqualifiedlead,salesqualifiedlead,opportunity,customer,evangelist,other]`;
const INDUSTRIES = `[ACCOUNTING,AUTOMOTIVE,BANKING,BIOTECHNOLOGY,CHEMICALS,COMPUTER_SOFTWARE,CONSTRUCTION,EDUCATION_MANAGEMENT,FINANCIAL_SERVICES,FOOD_PRODUCTION,HOSPITAL_HEALTH_CARE,INFORMATION_TECHNOLOGY_AND_SERVICES,INSURANCE,LOGISTICS_AND_SUPPLY_CHAIN,MACHINERY,MANAGEMENT_CONSULTING,RENEWABLES_ENVIRONMENT,RETAIL,TELECOMMUNICATIONS]`;

export const STANDARD_PROPERTIES: Record<string, string> = {
  '0-1': `
email string text Email unique
hs_additional_emails enumeration checkbox Additional email addresses
firstname string text First name
lastname string text Last name
phone string phonenumber Phone number
mobilephone string phonenumber Mobile phone number
hs_searchable_calculated_phone_number string phonenumber Calculated phone number without country code calc
hs_searchable_calculated_mobile_number string phonenumber Calculated mobile number without country code calc
company string text Company name
jobtitle string text Job title
message string textarea Message
website string text Website URL
address string text Street address
city string text City
state string text State/Region
zip string text Postal code
country string text Country/Region
lifecyclestage enumeration radio Lifecycle stage ${LIFECYCLE}
hs_lead_status enumeration radio Lead status [NEW,OPEN,IN_PROGRESS,OPEN_DEAL,UNQUALIFIED,ATTEMPTED_TO_CONTACT,CONNECTED,BAD_TIMING]
hs_language enumeration select Preferred language [en,es,de,fr,ca,it,pt]
hs_email_domain string text Email domain ro
hs_full_name_or_email string text Full name or email calc
hs_is_contact bool booleancheckbox Is a contact calc
hs_is_unworked bool booleancheckbox Contact unworked calc
hs_all_contact_vids enumeration checkbox Merged record IDs of a contact ro
hs_calculated_merged_vids enumeration checkbox Merged vids with timestamps calc
hs_lifecyclestage_lead_date datetime date Became a lead date ro
hs_pipeline string text Pipeline ro
hs_associated_target_accounts number number Associated target accounts calc
hs_currently_enrolled_in_prospecting_agent bool booleancheckbox Enrolled in prospecting agent calc
hs_membership_has_accessed_private_content number number Accessed private content ro
hs_prospecting_agent_actively_enrolled_count number number Prospecting agent active count calc
hs_prospecting_agent_total_enrolled_count number number Prospecting agent total count calc
hs_registered_member number number Registered member ro
hs_sequences_actively_enrolled_count number number Sequences actively enrolled calc
hs_marketable_status enumeration select Marketing contact status ro
associatedcompanyid number number Primary associated company ID ro
num_associated_deals number number Number of associated deals calc
createdate datetime date Create date
lastmodifieddate datetime date Last modified date ro`,
  '0-2': `
name string text Company name
domain string text Company domain name
hs_additional_domains enumeration checkbox Additional domains
website string text Website URL
phone string phonenumber Phone number
address string text Street address
city string text City
state string text State/Region
zip string text Postal code
country string text Country/Region
description string textarea Description
industry enumeration select Industry ${INDUSTRIES}
numberofemployees number number Number of employees
annualrevenue number number Annual revenue
type enumeration select Type [PROSPECT,PARTNER,RESELLER,VENDOR,OTHER]
lifecyclestage enumeration radio Lifecycle stage ${LIFECYCLE}
hs_annual_revenue_currency_code string text Annual revenue currency code ro
hs_num_blockers number number Number of blockers calc
hs_num_child_companies number number Number of child companies calc
hs_num_contacts_with_buying_roles number number Contacts with a buying role calc
hs_num_decision_makers number number Number of decision makers calc
hs_num_open_deals number number Number of open deals calc
num_associated_contacts number number Number of associated contacts calc
num_associated_deals number number Number of associated deals calc
hs_pipeline string text Pipeline ro
hs_task_label string text Task label calc
createdate datetime date Create date
hs_lastmodifieddate datetime date Last modified date ro`,
  '0-3': `
dealname string text Deal name
amount number number Amount
closedate datetime date Close date
dealstage enumeration radio Deal stage stage
pipeline enumeration select Pipeline pipeline
description string textarea Deal description
dealtype enumeration radio Deal type [newbusiness,existingbusiness]
hs_priority enumeration select Priority [low,medium,high]
hs_next_step string text Next step
deal_currency_code enumeration select Currency [EUR,USD,GBP]
closed_lost_reason string textarea Closed lost reason
closed_won_reason string textarea Closed won reason
amount_in_home_currency number number Amount in company currency calc
days_to_close number number Days to close calc
hs_actual_duration number number Actual duration calc
hs_closed_amount number number Closed deal amount calc
hs_closed_amount_in_home_currency number number Closed amount in company currency calc
hs_closed_deal_close_date number number Closed deal close date calc
hs_closed_deal_create_date number number Closed deal create date calc
hs_closed_won_count number number Closed won count calc
hs_createdate datetime date HubSpot create date ro
hs_days_to_close_raw number number Days to close without rounding calc
hs_deal_stage_probability number number Deal probability calc
hs_deal_stage_probability_shadow number number Deal probability shadow calc
hs_forecast_amount number number Forecast amount calc
hs_has_last_conversation_follow_ups bool booleancheckbox Has conversation follow-ups calc
hs_has_last_meeting_followups bool booleancheckbox Has meeting follow-ups calc
hs_is_closed bool booleancheckbox Is closed calc
hs_is_closed_count number number Is closed (numeric) calc
hs_is_closed_lost bool booleancheckbox Is closed lost calc
hs_is_closed_won bool booleancheckbox Is closed won calc
hs_is_deal_split bool booleancheckbox Is deal split calc
hs_is_open_count number number Is open (numeric) calc
hs_num_associated_active_deal_registrations number number Active deal registrations calc
hs_num_associated_deal_registrations number number Deal registrations calc
hs_num_associated_deal_splits number number Deal splits calc
hs_num_of_associated_line_items number number Line items calc
hs_num_target_accounts number number Target accounts calc
hs_number_of_call_engagements number number Call engagements calc
hs_number_of_inbound_calls number number Inbound calls calc
hs_number_of_outbound_calls number number Outbound calls calc
hs_number_of_overdue_tasks number number Overdue tasks calc
hs_open_amount_in_home_currency number number Open amount in company currency calc
hs_open_deal_create_date number number Open deal create date calc
hs_projected_amount number number Weighted amount calc
hs_projected_amount_in_home_currency number number Weighted amount in company currency calc
hs_weighted_pipeline_in_company_currency number number Weighted pipeline in company currency calc
num_associated_contacts number number Number of associated contacts calc
createdate datetime date Create date
hs_lastmodifieddate datetime date Last modified date ro`,
  '0-5': `
subject string text Ticket name
content string textarea Ticket description
hs_pipeline enumeration select Pipeline pipeline
hs_pipeline_stage enumeration select Ticket status stage
hs_ticket_category enumeration checkbox Category [PRODUCT_ISSUE,BILLING_ISSUE,FEATURE_REQUEST,GENERAL_INQUIRY]
hs_ticket_priority enumeration select Priority [LOW,MEDIUM,HIGH,URGENT]
hs_ticket_id number number Ticket ID ro
hs_helpdesk_sort_timestamp datetime date Help desk sort timestamp ro
hs_is_closed bool booleancheckbox Is closed calc
hs_is_visible_in_help_desk bool booleancheckbox Visible in help desk ro
hs_last_email_activity enumeration select Last email activity ro
hs_last_message_from_visitor bool booleancheckbox Last message from visitor ro
hs_num_associated_companies number number Associated companies calc
hs_num_associated_conversations number number Associated conversations calc
hs_num_times_contacted number number Times contacted calc
createdate datetime date Create date
hs_lastmodifieddate datetime date Last modified date ro`,
};

const ACTIVITY = `
hs_timestamp datetime date Activity date
hs_activity_type enumeration select Call and meeting type [Discovery,Demo,Negotiation]
hs_attachment_ids enumeration checkbox Attached file IDs
hs_body_preview string textarea Body preview ro
hs_body_preview_html string html HTML body preview ro
hs_body_preview_is_truncated bool booleancheckbox Body preview is truncated ro
hs_obj_coords string text Object coordinates calc
hs_engagement_source string text Engagement source ro
hs_engagement_source_id string text Engagement source ID ro
hs_engagements_last_contacted datetime date Last contacted ro
hs_createdate datetime date Create date ro
hs_lastmodifieddate datetime date Last modified date ro`;

export const ACTIVITY_PROPERTIES: Record<string, string> = {
  '0-27': `${ACTIVITY}
hs_task_subject string text Task title
hs_task_body string html Notes
hs_task_status enumeration select Task status [NOT_STARTED,IN_PROGRESS,WAITING,COMPLETED,DEFERRED]
hs_task_priority enumeration select Priority [NONE,LOW,MEDIUM,HIGH]
hs_task_type enumeration select Task type [TODO,EMAIL,CALL,LINKED_IN,MEETING]
hs_task_reminders string text Reminders
hs_task_completion_count number number Completion count calc
hs_task_completion_date datetime date Completion date ro
hs_task_family enumeration select Task family ro
hs_task_for_object_type enumeration select Task for object type ro
hs_task_is_all_day bool booleancheckbox Is all day ro
hs_task_is_completed number number Is completed calc
hs_task_is_completed_call number number Completed call calc
hs_task_is_completed_email number number Completed email calc
hs_task_is_completed_linked_in number number Completed LinkedIn task calc
hs_task_is_completed_sequence number number Completed sequence task calc
hs_task_is_open bool booleancheckbox Is open calc
hs_task_is_overdue bool booleancheckbox Is overdue calc
hs_task_is_past_due_date bool booleancheckbox Is past due date calc
hs_task_is_sub_task bool booleancheckbox Is sub-task ro
hs_task_missed_due_date bool booleancheckbox Missed due date calc
hs_task_missed_due_date_count number number Missed due date count calc
hs_start_date_with_fallback datetime date Start date calc
hs_pipeline string text Pipeline ro
hs_pipeline_stage string text Pipeline stage ro`,
  '0-46': `${ACTIVITY}
hs_note_body string html Note body`,
  '0-47': `${ACTIVITY}
hs_meeting_title string text Meeting name
hs_meeting_body string html Meeting description
hs_internal_meeting_notes string html Internal meeting notes
hs_meeting_external_url string text External URL
hs_meeting_location string text Location
hs_meeting_location_type enumeration select Location type [PHONE,ADDRESS,CUSTOM]
hs_meeting_start_time datetime date Meeting start time
hs_meeting_end_time datetime date Meeting end time
hs_meeting_outcome enumeration select Meeting outcome [SCHEDULED,COMPLETED,RESCHEDULED,NO_SHOW,CANCELED]
hs_meeting_source string text Meeting source ro
hs_i_cal_uid string text iCal UID`,
  '0-48': `${ACTIVITY}
hs_call_title string text Call title
hs_call_body string html Call notes
hs_call_duration number number Call duration
hs_call_direction enumeration select Call direction [INBOUND,OUTBOUND]
hs_call_disposition string text Call outcome
hs_call_from_number string text From number
hs_call_to_number string text To number
hs_call_recording_url string text Recording URL
hs_call_source string text Call source
hs_call_status enumeration select Call status [BUSY,CALLING_CRM_USER,CANCELED,COMPLETED,CONNECTING,FAILED,IN_PROGRESS,MISSED,NO_ANSWER,QUEUED,RINGING]`,
  '0-49': `${ACTIVITY}
hs_email_subject string text Email subject
hs_email_text string textarea Text body
hs_email_html string html Email body
hs_email_direction enumeration select Email direction [EMAIL,INCOMING_EMAIL,FORWARDED_EMAIL]
hs_email_status enumeration select Email send status [BOUNCED,FAILED,SCHEDULED,SENDING,SENT]
hs_email_headers string text Email headers`,
};

export const CUSTOM_PROPERTIES = `
hs_createdate datetime date Object create date/time ro
hs_lastmodifieddate datetime date Object last modified date/time ro`;

/** Properties that the mirror keeps of each object type: enough for context, analytics and the rules. */
const PROPERTIES: Record<string, readonly string[]> = {
  contacts: [
    'email',
    'hs_additional_emails',
    'firstname',
    'lastname',
    'phone',
    'mobilephone',
    'jobtitle',
    'lifecyclestage',
    'hubspot_owner_id',
    'createdate',
  ],
  companies: [
    'name',
    'domain',
    'hs_additional_domains',
    'industry',
    'lifecyclestage',
    'hubspot_owner_id',
    'createdate',
  ],
  deals: [
    'dealname',
    'dealstage',
    'pipeline',
    'amount',
    'deal_currency_code',
    'closedate',
    'hs_is_closed',
    'hs_is_closed_won',
    'hubspot_owner_id',
    'createdate',
  ],
};

/** Properties that reads of a type request. Those of custom objects come from the account's schemas. */
export function mirroredProperties(objectType: string): readonly string[] {
  return PROPERTIES[objectType] ?? [];
}

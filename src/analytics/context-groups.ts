import { sql, type RawBuilder } from 'kysely';
import { message, t } from '../languages/text';
import { propertyWords } from '../meeting/content/wording';
import { all, linkedTo } from './links';
import type { AnalyticsFilters, Scope } from './report';

/** Groups without a value of their own. HubSpot's values contain no parentheses. */
const UNSET = '(unset)';
const NOT_LINKED = '(none)';

/** A property of linked companies or contacts by which meetings are filtered and grouped. */
export interface ContextProperty {
  readonly filter: 'industry' | 'lifecycleStage' | 'jobTitle';
  readonly objectType: 'companies' | 'contacts';
  /** The words of headings and of groups without a value, in English. */
  readonly label: string;
  readonly none: string;
  readonly unset: string;
  /** HubSpot's name of the property. */
  readonly property: 'industry' | 'lifecyclestage' | 'jobtitle';
  /** The value of `record.properties` by which records are compared. Null when HubSpot has none. */
  readonly value: RawBuilder<string | null>;
  /** The text of a filter in the same form. */
  readonly comparable: (text: string) => RawBuilder<string>;
  /** The name of a group, whose key is `key` and which HubSpot shows as `spelling`. */
  readonly nameOf: (key: string, spelling: string) => string;
}

const asWritten = (property: string) =>
  sql<string | null>`nullif(btrim(record.properties ->> ${sql.lit(property)}), '')`;

export const industry: ContextProperty = {
  filter: 'industry',
  objectType: 'companies',
  label: message('Industry'),
  none: message('No company'),
  unset: message('Companies without an industry'),
  property: 'industry',
  value: asWritten('industry'),
  comparable: (text) => sql`${text}`,
  nameOf: (key) => propertyWords(key) ?? key,
};

export const lifecycleStage: ContextProperty = {
  filter: 'lifecycleStage',
  objectType: 'contacts',
  label: message('Lifecycle stage'),
  none: message('No contact'),
  unset: message('Contacts without a lifecycle stage'),
  property: 'lifecyclestage',
  value: asWritten('lifecyclestage'),
  comparable: (text) => sql`${text}`,
  nameOf: (key) => propertyWords(key) ?? key,
};

/** People write job titles freely, so case, accents and spaces do not count. */
export const jobTitle: ContextProperty = {
  filter: 'jobTitle',
  objectType: 'contacts',
  label: message('Job title'),
  none: message('No contact'),
  unset: message('Contacts without a job title'),
  property: 'jobtitle',
  value: sql`nullif(fold_label(record.properties ->> 'jobtitle'), '')`,
  comparable: (text) => sql`fold_label(${text})`,
  nameOf: (_key, spelling) => spelling,
};

const CONTEXT_PROPERTIES = [industry, lifecycleStage, jobTitle] as const;

/** The name of a group by a property, also where HubSpot has no value, or a meeting no such record. */
export function groupName({ none, unset, nameOf }: ContextProperty, key: string, spelling: string): string {
  if (key === NOT_LINKED) return t(none);
  return key === UNSET ? t(unset) : nameOf(key, spelling);
}

/** The filters by the properties of a type, as a condition on `record`. */
function matching(filters: AnalyticsFilters, objectType: string): RawBuilder<boolean> | null {
  const chosen = CONTEXT_PROPERTIES.flatMap((property) => {
    const text = filters[property.filter];
    return property.objectType !== objectType || text === undefined
      ? []
      : [sql`${property.value} = ${property.comparable(text)}`];
  });
  return chosen.length === 0 ? null : all(chosen);
}

/** Each linked record of a type with its mirrored properties, as `(meeting_id, record_id, properties)`. */
const linkedRecords = (scope: Scope, objectType: string) => sql`
  (${linkedTo(scope, objectType)}) as link left join crm_records as record
    on record.portal_id = ${scope.portalId}::bigint and record.object_type = ${objectType} and record.record_id = link.record_id
      and not record.archived
`;

/**
 * The filters by properties of contacts and companies as conditions on `fact`. One contact has to match all filters by
 * contact.
 */
export function contextConditions(scope: Scope): (RawBuilder<boolean> | null)[] {
  return (['companies', 'contacts'] as const).map((objectType) => {
    const condition = matching(scope.filters, objectType);
    if (condition === null) return null;
    return sql`fact.meeting_id in (select link.meeting_id from ${linkedRecords(scope, objectType)} where ${condition})`;
  });
}

/**
 * A statement after `analysed` that selects `(meeting_id, record_id, key, spelling, …)`: each meeting with each of its
 * records of the property's type that matches the filters, or once without such a record.
 *
 * @param facts - the same facts as those passed to `analysed`
 */
export function placedByProperty(
  scope: Scope,
  property: ContextProperty,
  facts: readonly string[],
): RawBuilder<unknown> {
  const columns = sql.join(facts.map((fact) => sql.ref(fact)));
  const condition = matching(scope.filters, property.objectType) ?? sql`true`;
  return sql`
    select scoped.meeting_id, link.record_id, coalesce(${property.value}, ${UNSET}) as key,
      btrim(record.properties ->> ${sql.lit(property.property)}) as spelling, ${columns}
    from ${linkedRecords(scope, property.objectType)} join scoped on scoped.meeting_id = link.meeting_id
    where ${condition}
    union all
    select meeting_id, null, ${NOT_LINKED}, null, ${columns} from scoped
    where meeting_id not in (select meeting_id from (${linkedTo(scope, property.objectType)}) as link)
  `;
}

import type { SandboxDatabase, Row } from '../store/database';
import { integerIn, optionalTextIn, textIn } from '../store/database';

export type AssociationCategory = 'HUBSPOT_DEFINED' | 'USER_DEFINED' | 'INTEGRATOR_DEFINED' | 'WORK';

/** One direction of an association type. */
export interface SandboxAssociationType {
  fromType: string;
  toType: string;
  category: AssociationCategory;
  typeId: number;
  inverseTypeId: number;
  /** Null for the unlabelled type of the pair. */
  label: string | null;
  /** The name in the v3 API, such as contact_to_company. */
  name: string;
}

/** from, to, type id there, type id back, label, v3 name there, v3 name back. Ids are HubSpot's own ("Associate records" guide). */
const HUBSPOT_DEFINED: readonly (readonly [string, string, number, number, string | null, string, string])[] = [
  ['0-1', '0-2', 279, 280, null, 'contact_to_company_unlabeled', 'company_to_contact_unlabeled'],
  ['0-1', '0-2', 1, 2, 'Primary', 'contact_to_company', 'company_to_contact'],
  ['0-1', '0-3', 4, 3, null, 'contact_to_deal', 'deal_to_contact'],
  ['0-1', '0-5', 15, 16, null, 'contact_to_ticket', 'ticket_to_contact'],
  ['0-2', '0-3', 342, 341, null, 'company_to_deal_unlabeled', 'deal_to_company_unlabeled'],
  ['0-2', '0-3', 6, 5, 'Primary', 'company_to_deal', 'deal_to_company'],
  ['0-2', '0-5', 340, 339, null, 'company_to_ticket_unlabeled', 'ticket_to_company_unlabeled'],
  ['0-2', '0-5', 25, 26, 'Primary', 'company_to_ticket', 'ticket_to_company'],
  ['0-3', '0-5', 27, 28, null, 'deal_to_ticket', 'ticket_to_deal'],
  ['0-1', '0-1', 449, 449, null, 'contact_to_contact', 'contact_to_contact'],
  ['0-2', '0-2', 450, 450, null, 'company_to_company', 'company_to_company'],
  ['0-2', '0-2', 13, 14, 'Child Company', 'parent_to_child_company', 'child_to_parent_company'],
  ['0-3', '0-3', 451, 451, null, 'deal_to_deal', 'deal_to_deal'],
  ['0-5', '0-5', 452, 452, null, 'ticket_to_ticket', 'ticket_to_ticket'],
  ['0-48', '0-1', 194, 193, null, 'call_to_contact', 'contact_to_call'],
  ['0-48', '0-2', 182, 181, null, 'call_to_company', 'company_to_call'],
  ['0-48', '0-3', 206, 205, null, 'call_to_deal', 'deal_to_call'],
  ['0-48', '0-5', 220, 219, null, 'call_to_ticket', 'ticket_to_call'],
  ['0-48', '0-47', 399, 400, null, 'call_to_meeting_event', 'meeting_event_to_call'],
  ['0-49', '0-1', 198, 197, null, 'email_to_contact', 'contact_to_email'],
  ['0-49', '0-2', 186, 185, null, 'email_to_company', 'company_to_email'],
  ['0-49', '0-3', 210, 209, null, 'email_to_deal', 'deal_to_email'],
  ['0-49', '0-5', 224, 223, null, 'email_to_ticket', 'ticket_to_email'],
  ['0-47', '0-1', 200, 199, null, 'meeting_event_to_contact', 'contact_to_meeting_event'],
  ['0-47', '0-2', 188, 187, null, 'meeting_event_to_company', 'company_to_meeting_event'],
  ['0-47', '0-3', 212, 211, null, 'meeting_event_to_deal', 'deal_to_meeting_event'],
  ['0-47', '0-5', 226, 225, null, 'meeting_event_to_ticket', 'ticket_to_meeting_event'],
  ['0-46', '0-1', 202, 201, null, 'note_to_contact', 'contact_to_note'],
  ['0-46', '0-2', 190, 189, null, 'note_to_company', 'company_to_note'],
  ['0-46', '0-3', 214, 213, null, 'note_to_deal', 'deal_to_note'],
  ['0-46', '0-5', 228, 227, null, 'note_to_ticket', 'ticket_to_note'],
  ['0-27', '0-1', 204, 203, null, 'task_to_contact', 'contact_to_task'],
  ['0-27', '0-2', 192, 191, null, 'task_to_company', 'company_to_task'],
  ['0-27', '0-3', 216, 215, null, 'task_to_deal', 'deal_to_task'],
  ['0-27', '0-5', 230, 229, null, 'task_to_ticket', 'ticket_to_task'],
];

const BUILT_IN: readonly SandboxAssociationType[] = HUBSPOT_DEFINED.flatMap(
  ([from, to, there, back, label, name, nameBack]) => {
    const category = 'HUBSPOT_DEFINED' as const;
    const forward = { fromType: from, toType: to, category, typeId: there, inverseTypeId: back, label, name };
    if (from === to && there === back) return [forward];
    const backLabel = label === 'Child Company' ? 'Parent Company' : label;
    return [
      forward,
      {
        fromType: to,
        toType: from,
        category,
        typeId: back,
        inverseTypeId: there,
        label: backLabel,
        name: nameBack,
      },
    ];
  },
);

/** The first id of an account's own types. HubSpot counts them from 1 in every account, so they collide with 1 to 6. */
const FIRST_OWN_TYPE = 1;

/** The association types of every account: HubSpot's own, and those that an account defined. */
export class AssociationTypes {
  constructor(private readonly database: SandboxDatabase) {}

  /**
   * Returns all types from one object type to another. An account's own come first, as HubSpot was seen to list them.
   */
  between(portalId: number, fromType: string, toType: string): SandboxAssociationType[] {
    const own = this.database
      .all(
        `SELECT * FROM association_types WHERE portal_id = ? AND from_type = ? AND to_type = ?
         ORDER BY label IS NULL, association_type_id`,
        portalId,
        fromType,
        toType,
      )
      .map(fromRow);
    return [...own, ...BUILT_IN.filter((type) => type.fromType === fromType && type.toType === toType)];
  }

  find(
    portalId: number,
    fromType: string,
    toType: string,
    category: string,
    typeId: number,
  ): SandboxAssociationType | undefined {
    return typeAmong(this.between(portalId, fromType, toType), { category, typeId });
  }

  /** Returns the unlabelled type of a pair; undefined when the two object types cannot be associated. */
  unlabelled(portalId: number, fromType: string, toType: string): SandboxAssociationType | undefined {
    return this.between(portalId, fromType, toType).find((type) => type.label === null);
  }

  /** Defines one of the account's own types in both directions and returns the one from `fromType`. */
  define(
    portalId: number,
    pair: { fromType: string; toType: string; label: string | null; inverseLabel?: string | null; name: string },
  ): SandboxAssociationType {
    const typeId = this.database.next(`association-type:${portalId}`, FIRST_OWN_TYPE);
    const inverseTypeId =
      pair.fromType === pair.toType && pair.inverseLabel === undefined
        ? typeId
        : this.database.next(`association-type:${portalId}`, FIRST_OWN_TYPE);
    const forward: SandboxAssociationType = {
      fromType: pair.fromType,
      toType: pair.toType,
      category: 'USER_DEFINED',
      typeId,
      inverseTypeId,
      label: pair.label,
      name: pair.name,
    };
    this.save(portalId, forward);
    if (inverseTypeId !== typeId) {
      this.save(portalId, {
        ...forward,
        fromType: pair.toType,
        toType: pair.fromType,
        typeId: inverseTypeId,
        inverseTypeId: typeId,
        label: pair.inverseLabel ?? pair.label,
        name: `${pair.name}_inverse`,
      });
    }
    return forward;
  }

  rename(portalId: number, type: SandboxAssociationType, label: string): void {
    this.save(portalId, { ...type, label });
  }

  remove(portalId: number, type: SandboxAssociationType): void {
    this.database.run(
      `DELETE FROM association_types WHERE portal_id = ? AND association_type_id IN (?, ?)`,
      portalId,
      type.typeId,
      type.inverseTypeId,
    );
  }

  private save(portalId: number, type: SandboxAssociationType): void {
    this.database.run(
      `INSERT OR REPLACE INTO association_types
       (portal_id, from_type, to_type, category, association_type_id, inverse_type_id, label, name)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      portalId,
      type.fromType,
      type.toType,
      type.category,
      type.typeId,
      type.inverseTypeId,
      type.label,
      type.name,
    );
  }
}

function fromRow(row: Row): SandboxAssociationType {
  return {
    fromType: textIn(row, 'from_type'),
    toType: textIn(row, 'to_type'),
    category: 'USER_DEFINED',
    typeId: integerIn(row, 'association_type_id'),
    inverseTypeId: integerIn(row, 'inverse_type_id'),
    label: optionalTextIn(row, 'label'),
    name: textIn(row, 'name'),
  };
}

/** The type that an association of two records has, among the types between their object types. */
export function typeAmong(
  types: readonly SandboxAssociationType[],
  association: { category: string; typeId: number },
): SandboxAssociationType | undefined {
  return types.find((type) => type.category === association.category && type.typeId === association.typeId);
}

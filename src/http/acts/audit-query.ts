import { z } from 'zod';
import { dayIn } from '../../meeting/calendar-day';
import type { AuditFilters } from '../../store/audit/audit-lists';
import { filterFields } from '../meeting-filters';

const notAGroup = 'must be a group of actions such as settings';
const notAnAction = 'must be an action such as key.create';

/** The filters of the audit trail as query parameters, shared by API and page. */
export const auditFields = {
  who: z.string().min(1).max(300).optional().meta({
    description: 'The id of a member, API key or session, or the label of an actor without an id, as `the operator`',
    example: 'the operator',
  }),
  group: z
    .string(notAGroup)
    .regex(/^[a-z_]{1,40}$/, notAGroup)
    .optional()
    .meta({ description: 'Only actions of this group, the part of `action` before the dot', example: 'settings' }),
  action: z
    .string(notAnAction)
    .regex(/^[a-z_]+\.[a-z_]+$/, notAnAction)
    .optional()
    .meta({ description: 'Only this action', example: 'key.create' }),
  objectType: z
    .string()
    .regex(/^[a-z_]{1,40}$/, 'must be a type of object such as meeting')
    .optional()
    .meta({ description: 'Only acts on objects of this type', example: 'meeting' }),
  objectId: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Only acts on the object with this id', example: 'acme-demo-1' }),
  from: filterFields.from.meta({ description: "Only acts of this day or later, in the HubSpot account's time zone" }),
  to: filterFields.to.meta({ description: 'Only acts of this day or earlier' }),
  q: filterFields.q.meta({
    description: 'Beginnings of words of who, where, object, before and after; each must match',
  }),
};

/** The validated filters, as texts. */
export type AuditTexts = z.output<z.ZodObject<typeof auditFields>>;

/** Converts the texts into filters. Days are days of the account's time zone. */
export function auditFilters({ from, to, q, ...texts }: AuditTexts, timeZone: string): AuditFilters {
  return {
    ...texts,
    from: from === undefined ? undefined : dayIn(timeZone, from).begins,
    until: to === undefined ? undefined : dayIn(timeZone, to).ends,
    text: q,
  };
}

import { inLanguage } from '../../languages/language';
import { t } from '../../languages/text';
import { AUDIT_ACTIONS, type AuditAction } from './actions';
import type { ListedAuditEvent } from './audit-lists';

type SentenceEvent = Pick<ListedAuditEvent, 'action' | 'object' | 'before' | 'after'>;

/** Values of an event that lacks them, as one of an older version may. */
const UNKNOWN = { record: '', origin: '', meetings: 0, count: 0, role: '', roleBefore: '' };

/** What happened, without a subject, in the language of the request: `revoked the API key "pipeline"`. */
export function auditSentence({ action, object, before, after }: SentenceEvent): string {
  if (!isAuditAction(action)) return action;
  const earlier = Object.entries(before ?? {}).map(([name, value]) => [`${name}Before`, value] as const);
  const values = Object.entries({ ...UNKNOWN, ...Object.fromEntries(earlier), ...before, ...after }).flatMap(
    ([name, value]) => (typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : []),
  );
  return t(AUDIT_ACTIONS[action], { ...Object.fromEntries(values), object: object?.label ?? object?.id ?? '' });
}

/** The same in English, as the API answers. */
export function englishAuditSentence(event: SentenceEvent): string {
  return inLanguage('en', () => auditSentence(event));
}

function isAuditAction(action: string): action is AuditAction {
  return Object.hasOwn(AUDIT_ACTIONS, action);
}

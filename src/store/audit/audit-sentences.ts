import { inLanguage } from '../../languages/language';
import { t } from '../../languages/text';
import { AUDIT_ACTIONS, type AuditAction } from './actions';
import type { AuditValues } from './tables';

/** An event as its sentence needs it. */
export interface SentenceEvent {
  readonly action: string;
  readonly objectId: string | null;
  readonly objectLabel: string | null;
  readonly before: AuditValues | null;
  readonly after: AuditValues | null;
}

/** Values of an event that lacks them, as one of an older version may. */
const UNKNOWN = { record: '', origin: '', meetings: 0 };

/** What happened, without a subject, in the language of the request: `revoked the API key "pipeline"`. */
export function auditSentence({ action, objectId, objectLabel, before, after }: SentenceEvent): string {
  if (!isAuditAction(action)) return action;
  const values = Object.entries({ ...UNKNOWN, ...before, ...after }).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [],
  );
  return t(AUDIT_ACTIONS[action], { ...Object.fromEntries(values), object: objectLabel ?? objectId ?? '' });
}

/** The same in English, as the API answers. */
export function englishAuditSentence(event: SentenceEvent): string {
  return inLanguage('en', () => auditSentence(event));
}

function isAuditAction(action: string): action is AuditAction {
  return Object.hasOwn(AUDIT_ACTIONS, action);
}

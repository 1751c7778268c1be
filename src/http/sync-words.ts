import { z } from 'zod';
import { REASON_CODES, SYNC_STATUSES } from '../meeting/status';

export const syncStatus = z
  .enum(SYNC_STATUSES, mustBeOneOf(SYNC_STATUSES))
  .meta({ description: 'The status of a meeting' });

export const reasonCode = z.enum(REASON_CODES, mustBeOneOf(REASON_CODES));

/** Replaces zod's message with our own wording. */
function mustBeOneOf(values: readonly string[]) {
  return { error: `must be one of ${values.join(', ')}` };
}

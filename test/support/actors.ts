import type { Actor } from '../../src/store/audit/actor';

/** The actor of what tests do past the API and the pages. */
export const TEST_ACTOR: Actor = { kind: 'operator', id: null, label: 'a test', ip: null, way: 'cli' };

import type { Time } from '../layout/status-words';

/** A result that leads to a page. */
export interface Result {
  /** Below PUBLIC_URL. */
  readonly path: string;
  readonly name: string;
  readonly detail: string;
  readonly when: Time | null;
}

/** Results of one kind. */
export interface ResultGroup {
  readonly title: string;
  readonly results: readonly Result[];
  /** All results of the kind, below PUBLIC_URL; null when these are all. */
  readonly more: string | null;
}

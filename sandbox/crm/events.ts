import type { Values } from './records';

/** A change in a portal's CRM. Webhooks are made from these. */
export type CrmEvent = {
  portalId: number;
  /** Milliseconds. */
  occurredAt: number;
  /** INTEGRATION for the app's own writes, CRM_UI for those of the control API. */
  source: ChangeSource;
} & (
  | { kind: 'created'; typeId: string; id: string; values: Values }
  | { kind: 'archived' | 'restored' | 'privacyDeleted'; typeId: string; id: string }
  | { kind: 'changed'; typeId: string; id: string; property: string; value: string }
  | { kind: 'merged'; typeId: string; primaryId: string; mergedIds: string[]; newId: string; movedProperties: number }
  | {
      kind: 'associated' | 'disassociated';
      fromTypeId: string;
      fromId: string;
      toTypeId: string;
      toId: string;
      category: string;
      associationTypeId: number;
    }
);

export type ChangeSource = 'INTEGRATION' | 'CRM_UI' | 'IMPORT';

export type CrmListener = (event: CrmEvent) => void;

/** Passes changes of records on to webhooks and the journal. */
export class CrmEvents {
  private readonly listeners = new Set<CrmListener>();

  /**
   * @param afterCommit - runs its argument once the write is committed, so a write that is rolled back emits no event.
   */
  constructor(private readonly afterCommit: (work: () => void) => void) {}

  /** Calls `listener` after every change. Returns a function that removes it. */
  on(listener: CrmListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: CrmEvent): void {
    this.afterCommit(() => {
      for (const listener of this.listeners) listener(event);
    });
  }
}

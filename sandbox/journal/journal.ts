import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { CrmEvent } from '../crm/events';
import { integerIn, textIn } from '../store/database';
import type { SandboxDatabase, Row } from '../store/database';
import { journalEventsOf, LIFECYCLE, lifecycleEvent } from './events';
import type { JournalEvent } from './events';
import type { JournalSettings } from './settings';
import { Subscriptions } from './subscriptions';

/** One file of the journal, which never changes. */
export interface SandboxJournalFile {
  offset: string;
  publishedAt: string;
  journalEvents: unknown[];
}

/**
 * The app's webhooks journal: the events of its subscriptions, for all portals that have it installed, file after file.
 * A file is published when a caller requests the next one.
 */
export class SandboxJournal {
  readonly subscriptions: Subscriptions;
  private readonly secret = randomBytes(16);

  constructor(
    private readonly parts: {
      database: SandboxDatabase;
      settings: { journal: JournalSettings };
      installed: (portalId: number) => boolean;
    },
  ) {
    this.subscriptions = new Subscriptions(parts.database);
  }

  /** Call it with every change after the change's commit. */
  record(event: CrmEvent): void {
    if (!this.parts.installed(event.portalId)) return;
    for (const each of journalEventsOf(event, this.subscriptions.list())) this.add(each);
  }

  /** Records an install or uninstall. An uninstall also deletes the portal's subscriptions. */
  recordLifecycle(portalId: number, action: keyof typeof LIFECYCLE): void {
    const asked = this.subscriptions
      .list()
      .some(
        ({ subscriptionType, objectTypeId }) =>
          subscriptionType === 'APP_LIFECYCLE_EVENT' && objectTypeId === LIFECYCLE[action],
      );
    if (asked) this.add(lifecycleEvent(portalId, action, Date.now()));
    if (action === 'APP_UNINSTALL') this.subscriptions.removePortal(portalId);
  }

  earliest(): SandboxJournalFile | undefined {
    return this.read('SELECT * FROM journal_files ORDER BY position LIMIT 1');
  }

  latest(): SandboxJournalFile | undefined {
    return this.read('SELECT * FROM journal_files ORDER BY position DESC LIMIT 1');
  }

  /** Returns the file after the one with this offset; null when the offset does not exist or no longer exists. */
  after(offset: string): SandboxJournalFile | undefined | null {
    this.publish();
    const row = this.parts.database.get('SELECT position FROM journal_files WHERE offset_id = ?', offset);
    if (row === undefined) return null;
    return this.read(
      'SELECT * FROM journal_files WHERE position > ? ORDER BY position LIMIT 1',
      integerIn(row, 'position'),
    );
  }

  file(offset: string): SandboxJournalFile | undefined {
    return this.read('SELECT * FROM journal_files WHERE offset_id = ?', offset);
  }

  /** Signs an address for one file and a limited time. */
  signature(offset: string, expires: number): string {
    return createHmac('sha256', this.secret).update(`${offset}/${expires}`).digest('hex');
  }

  private add(event: JournalEvent): void {
    this.parts.database.run('INSERT INTO journal_events (event) VALUES (?)', JSON.stringify(event));
  }

  private read(sql: string, ...values: (string | number)[]): SandboxJournalFile | undefined {
    this.publish();
    const row = this.parts.database.get(sql, ...values);
    return row === undefined ? undefined : fileOf(row);
  }

  /** Writes new events into files, and drops files that are too old. */
  private publish(): void {
    const { database, settings } = this.parts;
    const { fileSize, keptMs } = settings.journal;
    database.transaction(() => {
      database.run('DELETE FROM journal_files WHERE published_at < ?', Date.now() - keptMs);
      const events = database.all('SELECT * FROM journal_events ORDER BY id');
      for (let start = 0; start < events.length; start += fileSize) {
        const some = events.slice(start, start + fileSize).map((row) => JSON.parse(textIn(row, 'event')) as unknown);
        database.run(
          'INSERT INTO journal_files (offset_id, published_at, events) VALUES (?, ?, ?)',
          randomUUID(),
          Date.now(),
          JSON.stringify(some),
        );
      }
      database.run('DELETE FROM journal_events');
    });
  }
}

function fileOf(row: Row): SandboxJournalFile {
  return {
    offset: textIn(row, 'offset_id'),
    publishedAt: new Date(integerIn(row, 'published_at')).toISOString(),
    journalEvents: JSON.parse(textIn(row, 'events')),
  };
}

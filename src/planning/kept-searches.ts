import type { CrmRecord } from '../hubspot/client/batch-answers';
import type { ExternalParticipant } from '../meeting/people/participants';
import type { Db } from '../store/database';
import {
  keepAnswers,
  keptAnswers,
  type SearchedAnswer,
  type SearchedBy,
  type SearchedKey,
} from '../store/mirror/searched-answers';

/** What is searched for in HubSpot to match these people. */
export function searchedKeys(people: readonly ExternalParticipant[]): SearchedKey[] {
  const domains = new Set(people.flatMap(({ domain }) => domain ?? []));
  return [
    ...people.map(({ email }) => ({ kind: 'email' as const, key: email })),
    ...[...domains].map((key) => ({ kind: 'domain' as const, key })),
  ];
}

/** Answers of searches that outlast an attempt, so that each one asks only what the ones before it did not learn. */
export interface KeptSearches {
  /** Undefined where the question was not answered yet. */
  find(kind: SearchedBy, key: string): readonly CrmRecord[] | undefined;
  keep(answer: SearchedAnswer): void;
}

/** The answers about some people, for one attempt. */
export class PassAnswers implements KeptSearches {
  readonly #known: ReadonlyMap<string, readonly CrmRecord[]>;
  readonly #save: (answers: readonly SearchedAnswer[]) => Promise<void>;
  #unsaved: SearchedAnswer[] = [];
  #saving: Promise<void> | null = null;

  constructor(
    known: readonly (SearchedKey & Pick<SearchedAnswer, 'records'>)[],
    save: (answers: readonly SearchedAnswer[]) => Promise<void>,
  ) {
    this.#known = new Map(
      known.map(({ kind, key, records }) => [
        `${kind} ${key}`,
        records.map((record) => ({ ...record, archived: false })),
      ]),
    );
    this.#save = save;
  }

  find(kind: SearchedBy, key: string): readonly CrmRecord[] | undefined {
    return this.#known.get(`${kind} ${key}`);
  }

  /** The answers of one search come together and are saved together. */
  keep(answer: SearchedAnswer): void {
    this.#unsaved.push(answer);
    this.#saving ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#flush())
      // `saved` tries again, and says why it cannot.
      .catch(() => undefined)
      .finally(() => (this.#saving = null));
  }

  /** Resolves when every answer is stored. */
  async saved(): Promise<void> {
    await this.#saving;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const answers = this.#unsaved;
    if (answers.length === 0) return;
    this.#unsaved = [];
    try {
      await this.#save(answers);
    } catch (error) {
      this.#unsaved.push(...answers);
      throw error;
    }
  }
}

/**
 * Opens the kept answers about these people.
 *
 * @param since - older answers do not count (`timeOfReading`)
 */
export async function passAnswers(
  db: Db,
  account: { readonly workspaceId: string; readonly portalId: number },
  people: readonly ExternalParticipant[],
  since: string,
): Promise<PassAnswers> {
  const keys = searchedKeys(people);
  return new PassAnswers(await keptAnswers(db, account, keys, since), (answers) => keepAnswers(db, account, answers));
}

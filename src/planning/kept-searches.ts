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

/** Returns what to search for in HubSpot to match these people. */
export function searchedKeys(people: readonly ExternalParticipant[]): SearchedKey[] {
  const domains = new Set(people.flatMap(({ domain }) => domain ?? []));
  return [
    ...people.map(({ email }) => ({ kind: 'email' as const, key: email })),
    ...[...domains].map((key) => ({ kind: 'domain' as const, key })),
  ];
}

/**
 * Search results that outlast one attempt of the step, so that each attempt only searches for what earlier ones did not
 * find out.
 */
export interface KeptSearches {
  /** Undefined when the search was not answered yet. */
  find(kind: SearchedBy, key: string): readonly CrmRecord[] | undefined;
  keep(answer: SearchedAnswer): void;
}

/** The search results about some people, for one attempt of the step. */
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

  /** Saves the results of one search together, because they arrive together. */
  keep(answer: SearchedAnswer): void {
    this.#unsaved.push(answer);
    this.#saving ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#flush())
      // `saved` retries, and throws the error.
      .catch(() => undefined)
      .finally(() => (this.#saving = null));
  }

  /** Resolves when all results are stored. */
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
 * Opens the stored results about these people.
 *
 * @param since - older results do not count (`timeOfReading`)
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

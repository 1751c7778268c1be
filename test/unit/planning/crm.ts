import type { CrmRecord } from '../../../src/hubspot/client/batch-answers';
import { recordKey, type ObjectType, type RecordRef } from '../../../src/meeting/linking/cascade';
import type { CrmReader } from '../../../src/planning/reader';

type Properties = Record<string, string | null>;

/** A CRM in memory, as far as plans look at one. `asked` lists every question. */
export class FakeCrm implements CrmReader {
  readonly asked: string[] = [];
  readonly #records = new Map<string, CrmRecord | null>();
  readonly #edges: (readonly [RecordRef, RecordRef])[] = [];

  add(objectType: ObjectType, id: string, properties: Properties = {}): RecordRef {
    this.#records.set(recordKey({ objectType, id }), { id, properties, archived: false });
    return { objectType, id };
  }

  associate(from: RecordRef, ...to: RecordRef[]): void {
    this.#edges.push(...to.map((one) => [from, one] as const));
  }

  dissociate(from: RecordRef, to: RecordRef): void {
    const index = this.#edges.findIndex(([a, b]) => recordKey(a) === recordKey(from) && recordKey(b) === recordKey(to));
    this.#edges.splice(index, 1);
  }

  set(ref: RecordRef, properties: Properties): void {
    const record = this.#records.get(recordKey(ref));
    if (record) this.#records.set(recordKey(ref), { ...record, properties: { ...record.properties, ...properties } });
  }

  remove(ref: RecordRef): void {
    this.#records.set(recordKey(ref), null);
  }

  /** `gone` answers under the id of `into` from now on. */
  merge(gone: RecordRef, into: RecordRef): void {
    this.#records.set(recordKey(gone), this.#records.get(recordKey(into)) ?? null);
  }

  contact(email: string): Promise<CrmRecord | null> {
    this.asked.push(`contact ${email}`);
    return Promise.resolve(this.#of('contacts').find((record) => record.properties['email'] === email) ?? null);
  }

  contactsByPhone(e164: string): Promise<CrmRecord[]> {
    this.asked.push(`phone ${e164}`);
    return Promise.resolve(this.#of('contacts').filter((record) => record.properties['phone'] === e164));
  }

  companies(domain: string): Promise<CrmRecord[]> {
    this.asked.push(`companies ${domain}`);
    return Promise.resolve(this.#of('companies').filter((record) => record.properties['domain'] === domain));
  }

  record(ref: RecordRef): Promise<CrmRecord | null> {
    this.asked.push(`record ${recordKey(ref)}`);
    return Promise.resolve(this.#records.get(recordKey(ref)) ?? null);
  }

  associated(from: RecordRef, to: ObjectType): Promise<string[]> {
    this.asked.push(`associated ${recordKey(from)} ${to}`);
    const found = this.#edges.flatMap(([a, b]) =>
      recordKey(a) === recordKey(from) ? [b] : recordKey(b) === recordKey(from) ? [a] : [],
    );
    return Promise.resolve(found.filter((ref) => ref.objectType === to && this.#isLive(ref)).map((ref) => ref.id));
  }

  #isLive(ref: RecordRef): boolean {
    return this.#records.get(recordKey(ref))?.id === ref.id;
  }

  #of(objectType: ObjectType): CrmRecord[] {
    return [...this.#records].flatMap(([key, record]) =>
      record && key === `${objectType}/${record.id}` ? [record] : [],
    );
  }
}

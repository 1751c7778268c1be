import type { Sandbox } from '../../../../sandbox/sandbox';
import type { StandardType } from '../../../support/expected-links';
import type { Change, People } from './changes';
import { TYPES } from './records';

const STAGES = ['appointmentscheduled', 'qualifiedtobuy', 'closedwon', 'closedlost'];

/** Applies changes to the sandbox's CRM, as a person on HubSpot's pages would. */
export class Person {
  readonly #crm: Sandbox['crm'];
  readonly #people: People;
  readonly #ids: Record<StandardType, string[]> = { contacts: [], companies: [], deals: [] };
  /** A sentence per applied change. Leaves out impossible ones, such as a merge of nothing or a taken address. */
  readonly story: string[] = [];

  constructor(crm: Sandbox['crm'], people: People) {
    this.#crm = crm;
    this.#people = people;
  }

  do(change: Change): void {
    const done = this.#try(change);
    if (done !== null) this.story.push(done);
  }

  /** @returns a sentence about the change; null when it was impossible */
  #try({ does, type, a, b }: Change): string | null {
    const crm = this.#crm;
    const record = pick(this.#live(type), a);
    switch (does) {
      case 'create': {
        const properties = this.#properties(type, a, b);
        const { id } = crm.create(type, properties);
        this.#ids[type].push(id);
        return `created ${type}/${id} ${JSON.stringify(properties)}`;
      }
      case 'associate':
      case 'dissociate': {
        const [from, to] = this.#pair(type, a, b);
        if (from === undefined || to === undefined) return null;
        if (does === 'associate') crm.associate(from.type, from.id, to.type, to.id);
        else crm.disassociate(from.type, from.id, to.type, to.id);
        return `${does}d ${from.type}/${from.id} and ${to.type}/${to.id}`;
      }
      case 'merge': {
        const other = pick(this.#live(type), b);
        if (record === undefined || other === undefined || record.id === other.id) return null;
        const { id } = crm.merge(type, record.id, other.id);
        if (!this.#ids[type].includes(id)) this.#ids[type].push(id);
        return `merged ${type}/${record.id} and ${other.id} into ${id}`;
      }
      case 'delete':
        if (record === undefined) return null;
        crm.archive(type, record.id);
        return `deleted ${type}/${record.id}`;
      case 'restore': {
        const gone = pick(this.#archived(type), a);
        // HubSpot allows one contact per address.
        if (gone === undefined || addressesOf(gone.properties).some((address) => this.#isTaken(address))) return null;
        crm.restore(type, gone.id);
        return `restored ${type}/${gone.id}`;
      }
      case 'erase for privacy': {
        const contact = pick(this.#live('contacts'), a);
        if (contact === undefined) return null;
        crm.privacyDelete('contacts', contact.id);
        return `erased contacts/${contact.id}`;
      }
      case 'give an address':
        return this.#update(type === 'companies' ? this.#newDomain(a, b) : this.#newEmail(a, b));
      case 'add an address':
        return this.#update(type === 'companies' ? this.#oneMoreDomain(a, b) : this.#oneMoreEmail(a, b));
      case 'rename':
        return this.#update(record && { type, id: record.id, properties: this.#renamed(type, b) });
    }
  }

  #update(
    update: { type: StandardType; id: string; properties: Record<string, string> } | undefined | null,
  ): string | null {
    if (!update) return null;
    this.#crm.update(update.type, update.id, update.properties);
    return `changed ${update.type}/${update.id} ${JSON.stringify(update.properties)}`;
  }

  #pair(type: StandardType, a: number, b: number) {
    const others = TYPES.filter((each) => each !== type);
    const other = others[b % others.length] ?? 'contacts';
    const [from, to] = [pick(this.#live(type), a), pick(this.#live(other), Math.floor(b / others.length))];
    return [from && { type, id: from.id }, to && { type: other, id: to.id }] as const;
  }

  #newEmail(a: number, b: number) {
    const contact = pick(this.#live('contacts'), a);
    const email = this.#people.address(b);
    if (contact === undefined || this.#isTaken(email)) return null;
    return { type: 'contacts', id: contact.id, properties: { email } } as const;
  }

  #oneMoreEmail(a: number, b: number) {
    const contact = pick(this.#live('contacts'), a);
    const email = this.#people.address(b);
    // HubSpot makes a contact's first address its primary one.
    if (contact === undefined || !contact.properties['email'] || this.#isTaken(email)) return null;
    const all = [...listOf(contact.properties['hs_additional_emails']), email];
    return { type: 'contacts', id: contact.id, properties: { hs_additional_emails: all.join(';') } } as const;
  }

  #newDomain(a: number, b: number) {
    const company = pick(this.#live('companies'), a);
    return company && ({ type: 'companies', id: company.id, properties: { domain: this.#people.domain(b) } } as const);
  }

  #oneMoreDomain(a: number, b: number) {
    const company = pick(this.#live('companies'), a);
    if (company === undefined) return null;
    const all = new Set([...listOf(company.properties['hs_additional_domains']), this.#people.domain(b)]);
    return { type: 'companies', id: company.id, properties: { hs_additional_domains: [...all].join(';') } } as const;
  }

  #properties(type: StandardType, a: number, b: number): Record<string, string> {
    const email = this.#people.address(a);
    switch (type) {
      case 'contacts':
        // Some contacts get no address, and none gets a taken one.
        return { firstname: this.#name(), ...(b % 5 === 0 || this.#isTaken(email) ? {} : { email }) };
      case 'companies':
        return { name: this.#name(), ...(b % 3 === 0 ? {} : { domain: this.#people.domain(a) }) };
      case 'deals':
        return { dealname: this.#name() };
    }
  }

  #renamed(type: StandardType, b: number): Record<string, string> {
    switch (type) {
      case 'contacts':
        return { lastname: this.#name() };
      case 'companies':
        return { name: this.#name() };
      case 'deals':
        return b % 2 === 0 ? { dealname: this.#name() } : { pipeline: 'default', dealstage: pick(STAGES, b) ?? '' };
    }
  }

  #name(): string {
    return `N${this.story.length}`;
  }

  #known(type: StandardType) {
    return this.#ids[type]
      .flatMap((id) => this.#crm.get(type, id) ?? [])
      .filter(({ mergedInto }) => mergedInto === null);
  }

  #live(type: StandardType) {
    return this.#known(type).filter(({ archived }) => !archived);
  }

  #archived(type: StandardType) {
    return this.#known(type).filter(({ archived }) => archived);
  }

  #isTaken(address: string): boolean {
    return this.#live('contacts').some(({ properties }) => addressesOf(properties).includes(address));
  }
}

function addressesOf(properties: Readonly<Record<string, string>>): string[] {
  return [...listOf(properties['email']), ...listOf(properties['hs_additional_emails'])];
}

function listOf(value: string | undefined): string[] {
  return (value ?? '').split(';').filter((part) => part !== '');
}

function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % items.length];
}

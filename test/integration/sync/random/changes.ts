import fc from 'fast-check';
import type { ProcessedMeetingInput } from '../../../../src/meeting/intake/schema';
import { meeting } from '../../../support/meetings';
import type { StandardType } from '../../../support/expected-links';
import { TYPES } from './records';

const CHANGE_KINDS = [
  'create',
  'associate',
  'dissociate',
  'merge',
  'delete',
  'restore',
  'erase for privacy',
  'give an address',
  'add an address',
  'rename',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One change that a person makes in HubSpot. `a` and `b` choose among the records that exist at that time. */
export interface Change {
  readonly does: ChangeKind;
  readonly type: StandardType;
  readonly a: number;
  readonly b: number;
  /** Milliseconds until the next change. Some pauses are long enough for a sync to get half through. */
  readonly pauseMs: number;
}

/** The relative frequency of each kind of change. Kinds left out never occur. */
export type Weights = Partial<Record<ChangeKind, number>>;
/** All kinds but `dissociate`: a link outlives its association, so the expected links would depend on sync times. */
export const EVERYTHING: Weights = {
  create: 6,
  associate: 8,
  merge: 3,
  delete: 3,
  restore: 3,
  'erase for privacy': 1,
  'give an address': 3,
  'add an address': 3,
  rename: 2,
};
/** The kinds of change that build a CRM before the first meeting. */
export const BEGINNINGS: Weights = { create: 5, associate: 4 };

interface Length {
  readonly minLength: number;
  readonly maxLength: number;
}

export function changes(weights: Weights, length: Length): fc.Arbitrary<Change[]> {
  const kinds = CHANGE_KINDS.map((does) => ({ weight: weights[does] ?? 0, arbitrary: fc.constant(does) }));
  const change = fc
    .record({
      does: fc.oneof(...kinds),
      type: fc.constantFrom(...TYPES),
      a: fc.nat(999),
      b: fc.nat(999),
      pauseMs: fc.oneof(
        { weight: 20, arbitrary: fc.constant(0) },
        { weight: 3, arbitrary: fc.constantFrom(10, 40, 150) },
        { weight: 1, arbitrary: fc.constant(500) },
      ),
    })
    .map((made) => ({ ...made, [fc.toStringMethod]: () => `${made.does} ${made.type} ${made.a} ${made.b}` }));
  return fc.array(change, { ...length, size: 'max' });
}

/** The participants of each meeting, as numbers of {@link People}. */
export const casts = (people: number, length: Length): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(fc.nat(people - 1), { minLength: 1, maxLength: 4 }), { ...length, size: 'max' });

/** The addresses and domains of one run; no other run has the same. */
export class People {
  readonly #tag: string;
  readonly #count: number;

  constructor(tag: string, count: number) {
    this.#tag = tag;
    this.#count = count;
  }

  /** Of ten people, eight work for three companies (one with a subdomain, one under `co.uk`), one has a free address, one is a colleague. */
  address(number: number): string {
    const who = number % this.#count;
    const firm = `${Math.floor(who / 10)}-${this.#tag}`;
    const domains = [
      `acme${firm}.example`,
      `mail.globex${firm}.example`,
      `initech${firm}.co.uk`,
      `acme${firm}.example`,
      'gmail.com',
      `mail.globex${firm}.example`,
      `acme${firm}.example`,
      `initech${firm}.co.uk`,
      `acme${firm}.example`,
      'northwind.example',
    ];
    return `p${who}.${this.#tag}@${domains[who % 10]}`;
  }

  domain(number: number): string {
    const firm = `${Math.floor(number / 6) % Math.ceil(this.#count / 10)}-${this.#tag}`;
    const domains = [
      `acme${firm}.example`,
      `globex${firm}.example`,
      `initech${firm}.co.uk`,
      `elsewhere${firm}.example`,
      'gmail.com',
      'northwind.example',
    ];
    return domains[number % 6] ?? '';
  }

  /** The meetings of a cast. Every third address is in capitals. */
  meetings(cast: readonly (readonly number[])[]): ProcessedMeetingInput[] {
    return cast.map((numbers, index) =>
      meeting({
        meetingId: `m${index}-${this.#tag}`,
        participants: numbers.map((number) => {
          const email = this.address(number);
          return { email: number % 3 === 0 ? email.toUpperCase() : email };
        }),
      }),
    );
  }
}

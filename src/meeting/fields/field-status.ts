/** What became of a meeting's value for a property of a record (docs/reference.md, "Values into properties"). */
export type FieldState = {
  readonly field: string;
  readonly objectType: string;
  readonly id: string;
  readonly property: string;
  /** `kept`: HubSpot has another value. `older`: a newer meeting's value is due. */
  readonly state: 'written' | 'kept' | 'review' | 'refused' | 'older';
  readonly value: string | null;
  /** What HubSpot had before. */
  readonly before: string | null;
  readonly reason: string | null;
};

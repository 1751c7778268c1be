/** What became of a next step's task in HubSpot (docs/reference.md, "Next steps as tasks"). `url` is its page there. */
export type TaskState = {
  /** The caller's id of the step. */
  readonly stepId: string | null;
  readonly text: string;
  readonly id: string;
  readonly url: string;
  readonly state: 'open' | 'completed' | 'deleted';
};

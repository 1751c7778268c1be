/** A template with the model that it prints. Templates escape everything. Each page declares how its own is filled. */
export interface FilledView {
  /** Name of the file `views/<template>.eta`. */
  readonly template: string;
  readonly model: object;
}

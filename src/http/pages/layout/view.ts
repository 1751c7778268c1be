/** A template and the model to fill it with. Templates escape everything. Each page declares its own views. */
export interface FilledView {
  /** Name of the file `views/<template>.eta`. */
  readonly template: string;
  readonly model: object;
}

import type { FilledView } from './view';

/** A page that asks for confirmation before a step that cannot be undone. */
export interface ConfirmPageModel {
  readonly heading: string;
  readonly sentences: readonly string[];
  /** Path below PUBLIC_URL that the form is sent to. */
  readonly action: string;
  readonly button: string;
  /** Path below PUBLIC_URL of the page that "Cancel" leads to. */
  readonly back: string;
  /** Hidden fields of the form. */
  readonly fields?: Readonly<Record<string, string>>;
  /** An additional option, shown as an unchecked box. */
  readonly option?: { readonly name: string; readonly label: string; readonly hint: string };
}

/** A page that shows a key or a link once. */
interface SecretPageModel {
  readonly heading: string;
  readonly sentences: readonly string[];
  readonly label: string;
  readonly secret: string;
  /** Path below PUBLIC_URL of the page that "Done" leads to. */
  readonly done: string;
}

export const confirmView = (model: ConfirmPageModel): FilledView => ({ template: 'confirm', model });
export const secretView = (model: SecretPageModel): FilledView => ({ template: 'secret', model });

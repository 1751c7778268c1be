import type { FilledView } from './view';

/** A page that asks before something is done that cannot be taken back. */
export interface ConfirmPageModel {
  readonly heading: string;
  readonly sentences: readonly string[];
  /** Path below PUBLIC_URL that the form is sent to. */
  readonly action: string;
  readonly button: string;
  /** An additional option, shown as an unchecked box. */
  readonly option?: { readonly name: string; readonly label: string; readonly hint: string };
}

/** A page that shows something once: a key, a link. */
interface SecretPageModel {
  readonly heading: string;
  readonly sentences: readonly string[];
  readonly label: string;
  readonly secret: string;
}

export const confirmView = (model: ConfirmPageModel): FilledView => ({ template: 'confirm', model });
export const secretView = (model: SecretPageModel): FilledView => ({ template: 'secret', model });

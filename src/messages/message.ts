/** What a person gets by e-mail or in Slack, without a form yet. All texts are in the language of the outlet. */
export interface Message {
  /** The subject of an e-mail, and what a notification shows. */
  readonly title: string;
  readonly groups: readonly MessageGroup[];
  /** Why the reader gets it, and where to change that. */
  readonly footer: { readonly text: string; readonly link: MessageLink | null };
}

/** What has one cause. */
export interface MessageGroup {
  readonly title: string;
  /** Content of meetings. Empty unless the outlet gets it. */
  readonly lines: readonly MessageLine[];
  /** What to press next. */
  readonly link: MessageLink | null;
}

export interface MessageLine {
  readonly text: string;
  readonly url: string | null;
}

export interface MessageLink {
  readonly text: string;
  readonly url: string;
}

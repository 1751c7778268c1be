/** Prints what a command reports: sentences for people, or with `--json` one JSON document at the end. */
export interface Output {
  /** Prints progress. Nothing with `--json`. */
  say(text: string): void;
  /** Prints the result. @param text - what people read; without it, they read the document as JSON too */
  result(document: unknown, text?: string): void;
  /** Ends progress: prints the last lines of it, or with `--json` the document. */
  end(document: unknown, lines: readonly string[]): void;
}

/** @param json - whether the command was given `--json` */
export function outputFor({ json = false }: { readonly json?: boolean | undefined }): Output {
  return {
    say: (text) => {
      if (!json) console.log(text);
    },
    result: (document, text) => {
      console.log(json || text === undefined ? JSON.stringify(document, null, 2) : text);
    },
    end: (document, lines) => {
      if (json) console.log(JSON.stringify(document, null, 2));
      else for (const line of lines) console.log(line);
    },
  };
}

/** The message of a thrown value. A failure of the server comes with what its log has about the request. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = 'status' in error ? error.status : null;
  const reference = 'reference' in error ? error.reference : null;
  const isOfServer = typeof status === 'number' && status >= 500 && typeof reference === 'string';
  return isOfServer ? `${error.message}\n  Reference in the server’s log: ${reference}` : error.message;
}

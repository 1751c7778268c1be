/**
 * The examples at the end of a command's help.
 *
 * @param commands - the arguments after `hubspot-meeting-sync`; a list sets the environment of the next one
 */
export function examples(...commands: readonly (string | readonly string[])[]): string {
  const lines: string[] = [];
  let variables = '';
  for (const part of commands) {
    if (typeof part !== 'string') variables = `${part.join(' ')} `;
    else {
      lines.push(`  $ ${variables}hubspot-meeting-sync ${part}`);
      variables = '';
    }
  }
  return `\nExamples:\n${lines.join('\n')}`;
}

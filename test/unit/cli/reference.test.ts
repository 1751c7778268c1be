import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { buildProgram, EXIT_CODES } from '../../../src/cli/program';

const FILE = path.resolve(__dirname, '../../../docs/cli.md');
const INTRODUCTION = `# Command line

\`hubspot-meeting-sync COMMAND\`, with \`npx\` in this folder, or \`node dist/cli.js COMMAND\` after \`npm run build\`. This page is what
\`--help\` prints: \`npm run cli-docs\` writes it, and a test compares it with [src/cli](../src/cli).

Commands with \`--url\` and \`--key\` call a running server. In the folder of a running \`npm start\` they need neither, unless
that has a \`DATA_DIR\` of its own: set the same one. Elsewhere give them, or set \`PUBLIC_URL\` and \`BOOTSTRAP_API_KEY\`. The
others need the [configuration](configuration.md) that they use.
`;

/** Every command that can be run, with its words: `backfill pause`. */
function commandsOf(parent: Command, words: readonly string[] = []): { name: string; command: Command }[] {
  return parent.commands.flatMap((command) => {
    const name = [...words, command.name()];
    return [
      ...(command.commands.length > 0 && command.registeredArguments.length === 0
        ? []
        : [{ name: name.join(' '), command }]),
      ...commandsOf(command, name),
    ];
  });
}

/** What `--help` prints, 100 characters wide. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}

const commands = commandsOf(buildProgram());

test('docs/cli.md is what the command line says', () => {
  const codes = Object.entries(EXIT_CODES).map(([code, meaning]) => `- **${code}**: ${meaning}`);
  const parts = commands.map(({ name, command }) => `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`);
  const text = [INTRODUCTION, `## Exit codes\n\n${codes.join('\n')}\n`, ...parts].join('\n');
  if (process.env['WRITE_CLI_DOCS'] !== undefined) writeFileSync(FILE, text);
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});

test.each(commands)('$name has examples', ({ command }) => {
  expect(helpOf(command)).toMatch(/\nExamples:\n {2}\$ .*hubspot-meeting-sync /);
});

test.each(commands)('$name prints JSON, unless it runs until it is stopped', ({ name, command }) => {
  expect(command.options.some(({ long }) => long === '--json')).toBe(!['dev', 'server', 'worker'].includes(name));
});

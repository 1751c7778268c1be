// Asks the registry for known vulnerabilities of what the product ships. A registry that does not answer such questions
// is passed over with a word; a vulnerability of level high or critical ends with exit code 1.
import { spawnSync } from 'node:child_process';

const audit = spawnSync('npm', ['audit', '--json', '--omit=dev', '--audit-level=high'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const report = parse(audit.stdout);
const counts = report?.metadata?.vulnerabilities;
if (counts === undefined) {
  const reason = report?.message ?? report?.error?.summary ?? audit.stderr.split('\n')[0];
  console.log(`npm audit: skipped, the registry does not answer it (${reason}).`);
} else {
  const found = counts.high + counts.critical;
  console.log(
    `npm audit: ${counts.total} known vulnerabilities in what is shipped, ${found} of them high or critical.`,
  );
  for (const { name, severity, range } of Object.values(report.vulnerabilities ?? {}))
    console.log(`  ${severity}: ${name} ${range}`);
  process.exitCode = found > 0 ? 1 : 0;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

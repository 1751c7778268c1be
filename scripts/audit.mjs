// Asks the registry for known vulnerabilities of the production dependencies. Skips a registry that does not support
// audits. Exits with code 1 for a vulnerability of level high or critical.
import { spawnSync } from 'node:child_process';

const audit = spawnSync('npm', ['audit', '--json', '--omit=dev', '--audit-level=high'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const report = parse(audit.stdout);
const counts = report?.metadata?.vulnerabilities;
if (counts === undefined) {
  const reason = report?.message ?? report?.error?.summary ?? audit.stderr.split('\n')[0];
  console.log(`npm audit: skipped, the registry does not support it (${reason}).`);
} else {
  const found = counts.high + counts.critical;
  console.log(
    `npm audit: ${counts.total} known vulnerabilities in production dependencies, ${found} of them high or critical.`,
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

import { ConfigError } from '../config';

/** As `engines` in package.json has it. */
const OLDEST = [22, 13] as const;

/**
 * Tells whoever starts a process with a Node.js that is too old for it, before anything fails in its midst.
 *
 * @throws `ConfigError` that says which one to use
 */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new ConfigError(
    `This is Node.js ${version}, and ${OLDEST.join('.')} or newer is needed. \`npm start\` and \`npx hubspot-meeting-sync\` use the one that comes with the packages: node_modules/.bin/node.`,
  );
}

import { ConfigError } from '../config';

/** Same as `engines` in package.json. */
const OLDEST = [22, 13] as const;

/**
 * Rejects a Node.js that is too old, before anything fails later for that reason.
 *
 * @param version - for example `24.0.0` (`@default process.versions.node`)
 * @throws ConfigError that says which version to use
 */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new ConfigError(
    `This is Node.js ${version}, but ${OLDEST.join('.')} or newer is required. \`npm start\` and \`npx hubspot-meeting-sync\` use the one that npm installs: node_modules/.bin/node.`,
  );
}

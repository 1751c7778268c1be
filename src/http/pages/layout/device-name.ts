import Bowser from 'bowser';

/** Longer headers are not what browsers send. */
const LONGEST = 500;

/**
 * The browser and the system of a `User-Agent`, as people know them: `Chrome on macOS`. Only this name is kept, because
 * the whole header can identify one browser among others of its kind.
 *
 * @returns null for a program that is not known
 */
export function deviceName(userAgent: string | undefined): string | null {
  if (userAgent === undefined || userAgent.trim() === '' || userAgent.length > LONGEST) return null;
  const { browser, os, platform } = Bowser.parse(userAgent);
  if (browser.name === undefined || browser.name === '') return null;
  // An iPad in its desktop mode counts as a Mac, because its header does not differ.
  const system = os.name === 'iOS' && platform.model !== undefined ? platform.model : os.name;
  return system === undefined || system === '' ? browser.name : `${browser.name} on ${system}`;
}

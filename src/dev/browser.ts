/**
 * Whether a browser on the screen of the person who runs this can be opened: not in CI, not over SSH, and on Linux only
 * with a display. `BROWSER=none` switches it off.
 */
export function hasBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, isTerminal: boolean): boolean {
  const given = (name: string) => (env[name] ?? '') !== '';
  if (!isTerminal || given('CI') || given('SSH_CONNECTION') || given('SSH_TTY') || env['BROWSER'] === 'none')
    return false;
  return platform !== 'linux' || given('DISPLAY') || given('WAYLAND_DISPLAY');
}

/** Opens an address in the person's browser, if there is one. @returns whether a browser was started */
export async function openInBrowser(address: string): Promise<boolean> {
  if (!hasBrowser(process.env, process.platform, process.stdout.isTTY)) return false;
  const { default: open } = await import('open');
  try {
    const child = await open(address);
    child.once('error', () => undefined);
    return true;
  } catch {
    return false;
  }
}

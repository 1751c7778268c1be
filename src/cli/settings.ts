import { didYouMean } from '../meeting/intake/suggestion';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';

type SettingsDocument = Readonly<Record<string, unknown>>;

/** `settings [NAME | NAME=VALUE ...]`: prints all settings or the named ones, or changes some. */
export async function showOrChangeSettings(given: readonly string[], options: ApiOptions): Promise<void> {
  const changes = given.filter((each) => each.includes('='));
  if (changes.length > 0 && changes.length < given.length)
    throw new Error('Show settings with NAME, or change them with NAME=VALUE: not both in one command.');
  const api = apiFor(options);
  const settings = await reached(api.call<SettingsDocument>('GET', '/api/v1/settings'));
  const names = given.map((each) => each.split('=')[0] ?? '');
  const unknown = names.find((name) => !Object.hasOwn(settings, name));
  if (unknown !== undefined)
    throw new Error(`There is no setting "${unknown}"${didYouMean(unknown, Object.keys(settings)) || '.'}`);
  const patch = Object.fromEntries(changes.map((change) => readChange(change, settings)));
  const now =
    changes.length === 0 ? settings : await reached(api.call<SettingsDocument>('PATCH', '/api/v1/settings', patch));
  const shown = names.length === 0 ? now : Object.fromEntries(names.map((name) => [name, now[name]]));
  const lines = Object.entries(shown).map(([name, value]) => `${name}=${textOf(value)}`);
  outputFor(options).result(shown, lines.join('\n'));
}

/** Reads `NAME=VALUE` by the type that the setting has now. The server says which values it accepts. */
export function readChange(change: string, settings: SettingsDocument): [string, unknown] {
  const [name = '', text = ''] = change.split(/=(.*)/s);
  const before = settings[name];
  if (Array.isArray(before)) {
    if (text.startsWith('[')) return [name, listIn(name, text)];
    const items = text.split(',').map((item) => item.trim());
    return [name, items.filter((item) => item !== '')];
  }
  if (text === 'null') return [name, null];
  if (text === 'true' || text === 'false') return [name, text === 'true'];
  const isNumber = typeof before === 'number' || before === null;
  return [name, isNumber && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text];
}

/** A list as JSON, for lists of objects. */
function listIn(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not valid JSON: write [{"field": "…", …}], or a comma-separated list.`);
  }
}

function textOf(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.every((item) => typeof item === 'string') ? value.join(',') : JSON.stringify(value);
}

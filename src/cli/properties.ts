import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';

/** `properties OBJECT_TYPE`: lists the properties of an object type. */
export async function listProperties(
  objectType: string,
  options: ApiOptions & { readonly writable?: boolean },
): Promise<void> {
  const document = await reached(apiFor(options).properties(objectType));
  const properties = document.properties.filter(({ writable }) => writable || options.writable !== true);
  const lines = properties.map(({ name, label, type, several, writable, options: choices }) => {
    const values = choices.length === 0 ? '' : `: ${choices.map(({ value }) => value).join(', ')}`;
    const what = `${type}${several ? ', several' : ''}${writable ? '' : ', not writable'}`;
    return `${name} (${what}) ${label}${values}`;
  });
  outputFor(options).result({ properties }, lines.join('\n'));
}

/** `properties create-standard`: makes the standard properties, and lists what is not as it should be. */
export async function createStandardProperties(options: ApiOptions): Promise<void> {
  const document = await reached(apiFor(options).createStandardProperties());
  const { created, properties } = document;
  const existing = properties.filter(({ state }) => state === 'exists').length;
  const lines = [
    `Group ${document.group}: ${created} of ${properties.length} properties created, ${existing} existed before.`,
    ...properties.flatMap(({ objectType, property, message }) =>
      message === null ? [] : [`${objectType}/${property}: ${message}`],
    ),
  ];
  outputFor(options).result(document, lines.join('\n'));
}

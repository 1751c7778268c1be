import { referenceOf, type Schema, type Schemas } from './document';

/** Returns an example of a schema, put together from those of its fields. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  const own = ownExample(schema);
  if (own !== undefined) return own;
  const name = referenceOf(schema);
  const referred = name === null ? undefined : schemas[name];
  if (referred !== undefined) return exampleOf(referred, schemas);
  // The first form that says most: null is the last resort.
  const form = schema.anyOf?.find(({ type }) => type !== 'null');
  if (form !== undefined) return exampleOf(form, schemas);
  if (schema.type === 'array') return schema.items === undefined ? [] : [exampleOf(schema.items, schemas)];
  if (schema.properties !== undefined)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([field, value]) => [field, exampleOf(value, schemas)]),
    );
  return schema.type === 'boolean' ? true : null;
}

/** The example that a schema itself gives; undefined without one. */
export function ownExample({ example, examples, const: only, enum: options, default: fallback }: Schema): unknown {
  return [example, examples?.[0], only, options?.[0], fallback].find((value) => value !== undefined);
}

import { describedField } from './field-descriptions';

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Completes an OpenAPI document in place: every field and parameter that its schema does not describe gets the
 * description and the example of its name.
 *
 * @param parent - the name of the field or component that has the node
 */
export function describeFields(node: unknown, parent = ''): void {
  if (Array.isArray(node)) return node.forEach((each) => describeFields(each, parent));
  if (!isNode(node)) return;
  if (typeof node['in'] === 'string' && typeof node['name'] === 'string') {
    if (!(isNode(node['schema']) && hasDescription(node['schema']))) complete(node, node['name'], '', 'example');
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties' && isNode(value))
      for (const [name, field] of Object.entries(value)) {
        describeFields(field, name);
        if (isNode(field)) complete(field, name, parent, 'examples');
      }
    else if (key === 'schemas' && isNode(value))
      for (const [name, schema] of Object.entries(value)) describeFields(schema, name.replace(/Input$/, ''));
    else if (!['example', 'examples', 'default', 'enum'].includes(key)) describeFields(value, parent);
  }
}

function complete(node: Node, name: string, parent: string, exampleKey: 'example' | 'examples'): void {
  const found = describedField(parent, name);
  if (found === undefined || hasDescription(node)) return;
  const [description, example] = found;
  node['description'] = description;
  if (example !== undefined) node[exampleKey] = exampleKey === 'examples' ? [example] : example;
}

/** Also in a form of the field, as for one that may be null, and in the component that it refers to. */
function hasDescription(node: Node): boolean {
  if (typeof node['description'] === 'string' || typeof node['$ref'] === 'string') return true;
  return ['anyOf', 'oneOf', 'allOf'].some((key) => {
    const forms = node[key];
    return Array.isArray(forms) && forms.some((form) => isNode(form) && hasDescription(form));
  });
}

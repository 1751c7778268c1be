import { describedField } from './field-descriptions';
import { exampleOfField } from './field-examples';

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Completes an OpenAPI document in place: every field and parameter whose schema has no description or no example gets
 * those of its name.
 *
 * @param parent - the name of the field or component that has the node
 */
export function describeFields(node: unknown, parent = ''): void {
  if (Array.isArray(node)) return node.forEach((each) => describeFields(each, parent));
  if (!isNode(node)) return;
  if (typeof node['in'] === 'string' && typeof node['name'] === 'string') {
    completeParameter(node, node['name']);
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties' && isNode(value))
      for (const [name, field] of Object.entries(value)) {
        describeFields(field, name);
        if (isNode(field)) completeField(field, name, parent);
      }
    else if (key === 'schemas' && isNode(value))
      for (const [name, schema] of Object.entries(value)) describeFields(schema, name.replace(/Input$/, ''));
    else if (!['example', 'examples', 'default', 'enum'].includes(key)) describeFields(value, parent);
  }
}

function completeField(node: Node, name: string, parent: string): void {
  const [description, example] = describedField(parent, name) ?? [];
  const known = exampleOfField(parent, name);
  // A field with a description of its own may be another one than that of the table of descriptions.
  const given = hasDescription(node) ? (known ?? example) : (example ?? known);
  if (given !== undefined && !hasExample(node)) node['examples'] = [given];
  if (description !== undefined && !hasDescription(node)) node['description'] = description;
}

function completeParameter(node: Node, name: string): void {
  const [description, example] = describedField('', name) ?? [];
  const schema = isNode(node['schema']) ? node['schema'] : {};
  if (!hasDescription(node) && !hasDescription(schema) && description !== undefined) node['description'] = description;
  const given = exampleOfField('', name) ?? example;
  if (given !== undefined && !hasExample(node) && !hasExample(schema)) node['example'] = given;
}

/** Whether a schema says what a value looks like, itself or through the fields and documents in it. */
function hasExample(node: Node): boolean {
  if (['example', 'examples', 'default', 'enum', 'const', '$ref', 'properties'].some((key) => node[key] !== undefined))
    return true;
  if (isNode(node['items']) && hasExample(node['items'])) return true;
  const forms = node['anyOf'];
  return Array.isArray(forms) && forms.some((form) => isNode(form) && hasExample(form));
}

/** Also in a form of the field, as for one that may be null, and in the component that it refers to. */
function hasDescription(node: Node): boolean {
  if (typeof node['description'] === 'string' || typeof node['$ref'] === 'string') return true;
  return ['anyOf', 'oneOf', 'allOf'].some((key) => {
    const forms = node[key];
    return Array.isArray(forms) && forms.some((form) => isNode(form) && hasDescription(form));
  });
}

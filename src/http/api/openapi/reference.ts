import { marked } from 'marked';
import { referenceOf, type OpenApiDocument, type Operation, type Schema, type Schemas } from './document';
import { exampleOf, ownExample } from './example';
import { documentName, typeWords } from './type-words';

/** A field or parameter. */
interface FieldModel {
  /** With the fields that contain it: `participants[].email`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** HTML. */
  readonly description: string;
  /** JSON; null for a field that is shown with the fields in it. */
  readonly example: string | null;
  /** The document that it contains. */
  readonly document: DocumentLink | null;
}

interface DocumentLink {
  readonly name: string;
  /** The fragment of its address on the page. */
  readonly id: string;
}

/** A body: one of the documents, or fields of its own. */
interface BodyModel {
  readonly mediaType: string;
  readonly document: DocumentLink | null;
  readonly fields: readonly FieldModel[];
  /** JSON; null for other media types. */
  readonly example: string | null;
}

interface ResponseModel {
  readonly status: string;
  /** HTML. */
  readonly words: string;
  readonly bodies: readonly BodyModel[];
}

interface OperationModel {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** HTML. */
  readonly description: string;
  readonly parameters: readonly FieldModel[];
  readonly bodies: readonly BodyModel[];
  readonly responses: readonly ResponseModel[];
  /** The statuses that come with a problem document. */
  readonly errors: readonly string[];
  readonly problem: DocumentLink;
}

/** The page that shows the API. */
export interface ReferenceModel {
  /** HTML. */
  readonly introduction: string;
  readonly groups: readonly {
    readonly id: string;
    readonly name: string;
    /** HTML. */
    readonly description: string;
    readonly operations: readonly OperationModel[];
  }[];
  readonly documents: readonly (BodyModel & DocumentLink & { readonly description: string })[];
}

/** Builds the page from the OpenAPI document. Pure: the same document results in the same page. */
export function referenceOfApi({ info, tags, paths, components: { schemas } }: OpenApiDocument): ReferenceModel {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const names = [
    ...new Set([...tags.map(({ name }) => name), ...operations.flatMap(({ operation }) => operation.tags)]),
  ];
  return {
    introduction: blocks(info.description),
    groups: names.map((name) => ({
      id: slug('calls', name),
      name,
      description: inline(tags.find((tag) => tag.name === name)?.description ?? ''),
      operations: operations
        .filter(({ operation }) => operation.tags[0] === name)
        .map(({ path, method, operation }) => operationModel(method, path, operation, schemas)),
    })),
    documents: Object.entries(schemas).map(([component, schema]) => ({
      ...linkTo(component),
      ...ownBody('application/json', schema, schemas),
      description: inline(schema.description ?? ''),
    })),
  };
}

function operationModel(method: string, path: string, operation: Operation, schemas: Schemas): OperationModel {
  const responses = Object.entries(operation.responses).map(([status, { description, content }]) => ({
    status,
    words: description === UNDESCRIBED ? '' : inline(description),
    bodies: bodiesOf(content, schemas),
  }));
  return {
    id: slug(method, path),
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    description: inline(operation.description),
    parameters: operation.parameters.map((parameter) => ({
      name: parameter.name,
      type: typeWords(parameter.schema),
      required: parameter.required,
      description: inline(parameter.description ?? parameter.schema.description ?? ''),
      example: JSON.stringify(parameter.example ?? exampleOf(parameter.schema, schemas)),
      document: null,
    })),
    bodies: bodiesOf(operation.requestBody?.content ?? {}, schemas),
    responses: responses.filter(({ bodies }) => !bodies.some(isProblem)),
    errors: responses.filter(({ bodies }) => bodies.some(isProblem)).map(({ status }) => status),
    problem: linkTo('Problem'),
  };
}

/** What @fastify/swagger says of a response whose schema has no description. */
const UNDESCRIBED = 'Default Response';

function isProblem({ mediaType }: BodyModel): boolean {
  return mediaType === 'application/problem+json';
}

function bodiesOf(
  content: Readonly<Record<string, { readonly schema?: Schema | undefined }>>,
  schemas: Schemas,
): BodyModel[] {
  return Object.entries(content).map(([mediaType, { schema = {} }]) => {
    const component = referenceOf(schema);
    if (component === null) return ownBody(mediaType, schema, schemas);
    return { mediaType, document: linkTo(component), fields: [], example: null };
  });
}

function ownBody(mediaType: string, schema: Schema, schemas: Schemas): BodyModel {
  const isJson = mediaType.endsWith('json');
  return {
    mediaType,
    document: null,
    fields: fieldsIn(schema, '', schemas),
    example: isJson ? JSON.stringify(exampleOf(schema, schemas), null, 2) : null,
  };
}

/** The fields of an object, of the objects in a list, or of the object that may also be null; then those inside each. */
function fieldsIn(schema: Schema, path: string, schemas: Schemas): FieldModel[] {
  if (schema.items !== undefined) return fieldsIn(schema.items, `${path}[]`, schemas);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((form) => fieldsIn(form, path, schemas));
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const whole = path === '' ? name : `${path}.${name}`;
    const inside = fieldsIn(field, whole, schemas);
    const component = componentIn(field);
    const hasExample = inside.length === 0 && component === null;
    const shown: FieldModel = {
      name: whole,
      type: typeWords(field),
      required: schema.required?.includes(name) === true,
      description: inline(descriptionOf(field)),
      example: hasExample || ownExample(field) !== undefined ? JSON.stringify(exampleOf(field, schemas)) : null,
      document: component === null ? null : linkTo(component),
    };
    return [shown, ...inside];
  });
}

/** The document in a field, also in one that may be null, and in a list. */
function componentIn(schema: Schema): string | null {
  const forms = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return forms.reduce<string | null>((found, form) => found ?? componentIn(form), referenceOf(schema));
}

/** Also in a form of the field, as for one that may be null. */
function descriptionOf(schema: Schema): string {
  return schema.description ?? (schema.anyOf ?? []).map(descriptionOf).find((words) => words !== '') ?? '';
}

function linkTo(component: string): DocumentLink {
  return { name: documentName(component), id: slug('document', documentName(component)) };
}

function slug(...parts: readonly string[]): string {
  return parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replace(/-$/, '')
    .toLowerCase();
}

/** The texts are those of our own schemas. */
function blocks(markdown: string): string {
  return marked.parse(markdown, { async: false });
}

function inline(markdown: string): string {
  return marked.parseInline(markdown, { async: false });
}

import type { FastifyDynamicSwaggerOptions, SwaggerTransformObject } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { HttpDependencies } from '../dependencies';
import { renderBarePage } from '../pages/layout/render';
import { PROBLEMS } from '../plumbing/problems';
import { describeFields } from './openapi/describe-fields';
import { openApiDocument } from './openapi/document';
import { referenceOfApi, type ReferenceModel } from './openapi/reference';
import type { Api } from './typed-api';
import type { FilledView } from '../pages/layout/view';

const problemsView = (model: {
  readonly problems: readonly {
    readonly code: string;
    readonly status: number;
    readonly title: string;
    readonly solution: string;
  }[];
}): FilledView => ({ template: 'problems', model });

// The schemas clean texts with overwrites, which JSON Schema cannot represent.
const zodToJsonConfig = { unrepresentable: 'any' } as const;

/** OpenAPI 3.1, generated from the schemas of the routes. */
export function documentation(publicUrl: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'HubSpot meeting sync',
        version: '1',
        description: quickstart(publicUrl),
      },
      servers: [{ url: publicUrl }],
      tags: [
        { name: 'meetings', description: 'Processed meetings and the status of their syncs' },
        { name: 'backfills', description: 'Files of many meetings' },
        { name: 'reviews', description: 'Suggestions for properties that wait for a person' },
        { name: 'links', description: 'Linking and unlinking records by hand' },
        { name: 'settings', description: 'What is synced, and how' },
        { name: 'crm', description: 'Records, object types and properties of the HubSpot account' },
        { name: 'analytics', description: 'The reports, as JSON or CSV, and the meetings behind their numbers' },
        { name: 'reconcile', description: 'Comparing everything with HubSpot' },
        { name: 'connection', description: 'The HubSpot account of the workspace' },
        { name: 'sessions', description: 'Signing a browser in' },
        { name: 'audit', description: 'Who did what in the workspace' },
        { name: 'keys', description: 'The API keys of the workspace' },
      ],
      components: {
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'The API key of a workspace' } },
      },
      security: [{ apiKey: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: (given) => {
      const document = withoutUnused(createJsonSchemaTransformObject({ zodToJsonConfig })(given));
      describeFields(document);
      return document;
    },
  };
}

type OpenApiDocument = ReturnType<SwaggerTransformObject>;

/** The transform emits every schema twice, as input and as output. This removes those without a reference. */
function withoutUnused(document: OpenApiDocument): OpenApiDocument {
  if (!('components' in document) || document.components?.schemas === undefined) return document;
  const { components } = document;
  const { schemas } = document.components;
  const text = JSON.stringify(document);
  const used = Object.entries(schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}"`));
  // A removed schema may have contained the only reference to another one.
  if (used.length === Object.keys(schemas).length) return document;
  return withoutUnused(Object.assign(document, { components: { ...components, schemas: Object.fromEntries(used) } }));
}

/** The beginning of the documentation. Markdown. */
const quickstart = (
  publicUrl: string,
) => `Writes each processed sales meeting to the HubSpot timelines of its contacts, companies and deals as two activities, exactly once.

## Quickstart

1. Take an API key: \`npm start\` prints one, **Settings → API keys** makes others.
2. Post a meeting. It is stored before the answer is sent, and posting it again changes nothing:

\`\`\`sh
curl ${publicUrl}/api/v1/meetings \\
  -H "Authorization: Bearer $API_KEY" -H 'Content-Type: application/json' --data @examples/meeting.json
\`\`\`

3. Read where it is. \`status\` ends as \`synced\`, \`skipped\` or \`needs_attention\`, and \`reason\` says what to do:

\`\`\`sh
curl ${publicUrl}/api/v1/meetings/MEETING_ID -H "Authorization: Bearer $API_KEY"
\`\`\`

Errors are problem documents (RFC 9457) with a \`type\` that [explains them](${publicUrl}/api/problems) and a \`reference\` that finds the request in the log.`;

/** `/api/openapi.json`, readable at `/api/docs`; `/api/problems` explains every problem. */
export function registerDocumentation(app: Api, deps: Pick<HttpDependencies, 'config'>): void {
  app.get('/api/openapi.json', { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
    reply.send(app.swagger()),
  );
  app.get('/api/problems', { schema: { hide: true }, config: { access: 'public' } }, async (_request, reply) => {
    const problems = Object.entries(PROBLEMS).map(([code, problem]) => ({ code, ...problem }));
    return await renderBarePage(deps, { view: problemsView({ problems }), title: 'API errors' }, reply);
  });
  // The routes are complete once the server listens, so the page is built for the first reader.
  let reference: ReferenceModel | null = null;
  app.get('/api/docs', { schema: { hide: true }, config: { access: 'public' } }, async (_request, reply) => {
    reference ??= referenceOfApi(openApiDocument.parse(app.swagger()));
    return await renderBarePage(deps, { view: { template: 'api/reference', model: reference }, title: 'API' }, reply);
  });
}

import { expect, test } from '@jest/globals';
import { openApiDocument } from '../../../src/http/api/openapi/document';
import { exampleOf } from '../../../src/http/api/openapi/example';
import { referenceOfApi } from '../../../src/http/api/openapi/reference';
import { typeWords } from '../../../src/http/api/openapi/type-words';

test.each([
  [{ type: 'string' }, 'text'],
  [{ type: 'string', format: 'date-time' }, 'date and time'],
  [{ anyOf: [{ type: 'string', maxLength: 1_000 }, { type: 'null' }] }, 'text or null, up to 1,000 characters'],
  [{ type: 'integer', minimum: 1, maximum: 100, default: 25 }, 'whole number, at least 1, at most 100, 25 by default'],
  [{ type: 'integer', minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, 'whole number'],
  [{ enum: ['a', 'b'] }, '"a", "b"'],
  [{ type: ['string', 'null'], format: 'date' }, 'date or null'],
  [{ type: 'array', maxItems: 50, items: { $ref: '#/components/schemas/Record' } }, 'list of Record, up to 50 entries'],
  [{ $ref: '#/components/schemas/MeetingInput' }, 'Meeting'],
  [{ type: 'boolean' }, 'true or false'],
  [{}, 'any value'],
])('%j is %s', (schema, words) => {
  expect(typeWords(schema)).toBe(words);
});

const schemas = {
  Record: { type: 'object', properties: { id: { type: 'string', examples: ['7'] } } },
};

test.each([
  [{ type: 'string', examples: ['x', 'y'] }, 'x'],
  [{ type: 'string', enum: ['a', 'b'] }, 'a'],
  [{ anyOf: [{ type: 'null' }, { type: 'array', items: { $ref: '#/components/schemas/Record' } }] }, [{ id: '7' }]],
  [
    { type: 'object', properties: { on: { type: 'boolean' }, text: { type: 'string' } } },
    { on: true, text: null },
  ],
  [{ examples: [null], type: 'integer' }, null],
])('an example of %j is %j', (schema, example) => {
  expect(exampleOf(schema, schemas)).toEqual(example);
});

const document = openApiDocument.parse({
  info: { title: 'T', description: '## Begin\n\n`a` <b>' },
  tags: [{ name: 'meetings', description: 'Of **people**' }],
  paths: {
    '/m/{id}': {
      put: {
        tags: ['meetings'],
        summary: 'Put one',
        parameters: [
          { in: 'path', name: 'id', required: true, description: 'The id', example: 'x', schema: { type: 'string' } },
        ],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Meeting' } } } },
        responses: {
          200: { description: 'Done', content: { 'text/csv': { schema: { type: 'string' } } } },
          202: { description: 'Default Response' },
          404: { description: 'Problem', content: { 'application/problem+json': {} } },
        },
      },
    },
  },
  components: {
    schemas: {
      Meeting: {
        type: 'object',
        required: ['people'],
        properties: {
          people: {
            description: 'Who took part',
            anyOf: [
              { type: 'array', items: { type: 'object', properties: { name: { type: 'string', examples: ['Ana'] } } } },
              { type: 'null' },
            ],
          },
        },
      },
    },
  },
});

test('the page shows calls by their tag, and documents with the fields inside each other', () => {
  const { groups, documents, introduction } = referenceOfApi(document);
  expect(introduction).toMatch('<h2>Begin</h2>');
  expect(groups).toMatchObject([
    {
      id: 'calls-meetings',
      description: 'Of <strong>people</strong>',
      operations: [
        {
          id: 'put-m-id',
          method: 'PUT',
          path: '/m/{id}',
          parameters: [{ name: 'id', type: 'text', required: true, description: 'The id', example: '"x"' }],
          bodies: [{ document: { name: 'Meeting', id: 'document-meeting' }, fields: [], example: null }],
          responses: [
            { status: '200', words: 'Done', bodies: [{ mediaType: 'text/csv', example: null }] },
            { status: '202', words: '', bodies: [] },
          ],
          errors: ['404'],
        },
      ],
    },
  ]);
  expect(documents).toMatchObject([
    {
      name: 'Meeting',
      example: JSON.stringify({ people: [{ name: 'Ana' }] }, null, 2),
      fields: [
        { name: 'people', type: 'list of object or null', required: true, description: 'Who took part', example: null },
        { name: 'people[].name', type: 'text', required: false, example: '"Ana"' },
      ],
    },
  ]);
});

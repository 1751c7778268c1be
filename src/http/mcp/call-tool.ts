import { ErrorCode, McpError, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { FastifyRequest } from 'fastify';
import { isMeetingId } from '../../meeting/meeting-id';
import { pathText } from '../../meeting/validation-errors';
import type { Scope } from '../../store/access/scopes';
import { UNSTORABLE, unstorable } from '../characters';
import { logProblem, toProblem } from '../plumbing/errors';
import { PROBLEMS, type ProblemCode, type ProblemError } from '../plumbing/problems';
import { InvalidInputError } from '../plumbing/validation';
import { dataText, quotedData } from './outside-text';
import { requireScope, type Tool, type ToolContext } from './tool';

/** The problems whose detail quotes HubSpot, which may quote a meeting or a record. */
const QUOTES_HUBSPOT: readonly ProblemCode[] = ['hubspot-refused', 'hubspot-unavailable'];
/** The most characters of a name that a message repeats. */
const LONGEST_NAME = 100;

/** Which tool an agent calls, and its arguments. */
export interface ToolCall {
  readonly name: string;
  readonly given: unknown;
}

/**
 * Calls a tool. A failure is a result of the tool, which says what to do, so that the agent can correct the call.
 *
 * @throws McpError for a tool that does not exist
 */
export async function callTool(
  tools: readonly Tool[],
  context: ToolContext,
  request: FastifyRequest,
  { name, given }: ToolCall,
): Promise<CallToolResult> {
  const tool = tools.find(({ definition }) => definition.name === name);
  if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${name.slice(0, LONGEST_NAME)}`);
  const began = performance.now();
  const result = await attempt(tool);
  context.log.info(
    {
      tool: tool.definition.name,
      failed: result.isError === true,
      ms: Math.round(performance.now() - began),
      workspaceId: context.workspaceId,
      ...meetingIn(given),
    },
    'tool call',
  );
  return result;

  async function attempt(called: Tool): Promise<CallToolResult> {
    try {
      requireScope(context, called.scope, `The tool ${name}`);
      requireStorable(given);
      const structuredContent = await called.call(context, given);
      return { content: [{ type: 'text', text: dataText(structuredContent) }], structuredContent };
    } catch (error) {
      const problem = toProblem(error, request);
      logProblem(error, problem, request);
      return { content: [{ type: 'text', text: problemText(problem, request.id) }], isError: true };
    }
  }
}

/** The tools that an API key may use. */
export function toolsFor(tools: readonly Tool[], scopes: readonly Scope[]): Tool[] {
  return tools.filter(({ scope }) => scopes.includes(scope));
}

/** What went wrong and what to do, for an agent. */
export function problemText(problem: ProblemError, reference: string): string {
  const { code, message, errors = [], headers } = problem;
  const { title, solution } = PROBLEMS[code];
  const wait = headers['retry-after'];
  return [
    ...(QUOTES_HUBSPOT.includes(code) ? [`${title}.`, solution, quotedData({ untrusted: message })] : [message]),
    ...errors.map((error) => `${error.path} ${error.message}`),
    ...(QUOTES_HUBSPOT.includes(code) || code === 'invalid-input' ? [] : [solution]),
    ...(wait === undefined ? [] : [`Wait ${wait} seconds before you call it again.`]),
    ...(code === 'internal-error' ? [`Reference: ${reference}`] : []),
  ].join('\n');
}

function requireStorable(given: unknown): void {
  const path = unstorable(given);
  if (path !== null)
    throw new InvalidInputError('One field is not valid.', [{ path: pathText(path), message: UNSTORABLE }]);
}

function meetingIn(given: unknown): { meetingId?: string } {
  if (typeof given !== 'object' || given === null || !('meetingId' in given)) return {};
  return typeof given.meetingId === 'string' && isMeetingId(given.meetingId) ? { meetingId: given.meetingId } : {};
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { insertApiKey } from '../../../src/store/access/api-keys';
import type { Scope } from '../../../src/store/access/scopes';
import { startFullStack, type FullStack } from '../../e2e/full-stack';

/** An agent: the client of the protocol's own SDK, connected to the server. */
export interface Agent {
  readonly client: Client;
  /** Calls a tool, and returns its structured content. Fails if the tool does. */
  call(name: string, given?: Record<string, unknown>): Promise<Data>;
  /** Calls a tool that fails, and returns what it says. */
  failure(name: string, given?: Record<string, unknown>): Promise<string>;
}

/** Structured content, whose types a test knows. */
// oxlint-disable-next-line typescript/no-explicit-any -- each tool has its own
export type Data = any;

/** The product with its server on a port and its workers, and agents that use it. */
export interface AgentStack extends FullStack {
  agent(apiKey?: string): Promise<Agent>;
  /** Creates a key of the workspace. */
  makeKey(access?: {
    scopes?: readonly Scope[];
    expiresAt?: Date;
  }): Promise<{ readonly id: string; readonly key: string }>;
  /** Waits until what the meeting is linked to was read from HubSpot, which happens in the background. */
  untilRead(agent: Agent, meetingId: string): Promise<void>;
}

/** Starts it connected to the sandbox; `close` it in `afterAll`. */
export async function startAgentStack(options: Parameters<typeof startFullStack>[0] = {}): Promise<AgentStack> {
  const stack = await startFullStack({ ownNamespace: true, ...options });
  await stack.connect();
  const clients: Client[] = [];
  return {
    ...stack,
    async agent(apiKey = stack.apiKey) {
      const client = await connected(stack.url, apiKey);
      clients.push(client);
      return agentOf(client);
    },
    async untilRead(agent, meetingId) {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- polling
        const { parts } = await agent.call('get_meeting', { meetingId });
        if (parts.records.items.every(({ readAt }: Data) => readAt !== null)) return;
        // oxlint-disable-next-line no-await-in-loop -- polling
        await sleep(25);
      }
    },
    async makeKey(access = {}) {
      const made = await insertApiKey(stack.product.db, { workspaceId: stack.workspaceId, name: 'agent', ...access });
      if (made === null) throw new Error('no key was made');
      return made;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await stack.close();
    },
  };
}

export async function connected(url: string, apiKey: string): Promise<Client> {
  const client = new Client({ name: 'test-agent', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${apiKey}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  // The client then checks the structured content of each answer against the schema of its tool.
  await client.listTools();
  return client;
}

export function textIn({ content }: CallToolResult): string {
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}

export function agentOf(client: Client): Agent {
  const called = async (name: string, given: Record<string, unknown> = {}) =>
    (await client.callTool({ name, arguments: given })) as CallToolResult;
  return {
    client,
    async call(name, given) {
      const result = await called(name, given);
      if (result.isError === true) throw new Error(`${name}: ${textIn(result)}`);
      return result.structuredContent;
    },
    async failure(name, given) {
      const result = await called(name, given);
      if (result.isError !== true) throw new Error(`${name} did not fail: ${textIn(result)}`);
      return textIn(result);
    },
  };
}

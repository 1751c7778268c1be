import { Client } from 'pg';
import { z } from 'zod';

/** Settings of a database that sends the plan of every statement, as it was executed, to the client that sent it. */
export const EXPLAIN_ALL: Readonly<Record<string, string>> = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_level': 'notice',
  'auto_explain.log_format': 'json',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
};

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Actual Loops'?: number | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Loops': z.number().optional(),
  get Plans() {
    return z.array(planNode).optional();
  },
});
const explained = z.object({ 'Query Text': z.string(), Plan: planNode });

/** A statement that read a whole table. */
export interface SequentialScan {
  readonly table: string;
  readonly statement: string;
}

/** The plans of all statements that this process sends to databases with {@link EXPLAIN_ALL}. */
export class Plans {
  // oxlint-disable-next-line typescript/unbound-method -- always called with its client
  readonly #emit = Client.prototype.emit;
  #scans: SequentialScan[] = [];
  #count = 0;

  /** Collects from now on, until `close`. */
  constructor() {
    const emit = this.#emit;
    const collect = (message: string) => this.#collect(message);
    Client.prototype.emit = function (this: Client, ...args: Parameters<typeof emit>) {
      const [event, notice] = args as [string, { message?: string } | undefined];
      if (event === 'notice' && notice?.message?.includes('plan:') === true) collect(notice.message);
      return emit.apply(this, args);
    } as typeof emit;
  }

  /** The number of collected plans. */
  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#scans = [];
    this.#count = 0;
  }

  /** Each sequential scan that was executed, once. */
  get sequentialScans(): SequentialScan[] {
    return [...new Map(this.#scans.map((scan) => [`${scan.table} ${scan.statement}`, scan])).values()];
  }

  close(): void {
    Client.prototype.emit = this.#emit;
  }

  #collect(message: string): void {
    this.#count += 1;
    const { 'Query Text': text, Plan: plan } = explained.parse(JSON.parse(message.slice(message.indexOf('{'))));
    const statement = text.replaceAll(/\s+/g, ' ').trim();
    for (const table of scannedIn(plan)) this.#scans.push({ table, statement });
  }
}

function scannedIn(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' && node['Actual Loops'] !== 0 ? (node['Relation Name'] ?? []) : [];
  return [own, ...(node.Plans ?? []).map(scannedIn)].flat();
}

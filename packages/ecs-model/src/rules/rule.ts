import type { Cluster, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '../wire.ts'

/** A path into an operation's input, in ECS's own member names. */
export type Path = readonly (string | number)[]

/** What is wrong with an input, in AWS's words. */
export interface Fault {
  /** AWS's exception: `ClientException`, `InvalidParameterException` … */
  code: string
  message: string
  path: Path
  /** Seen from real AWS, or part of the documented contract. An unverified rule is applied by the engine only. */
  verified: boolean
  /** ECS finds it only after it has looked up the cluster and the task definition that the input names. */
  afterLookup: boolean
  /** The last member of the path is missing. */
  missing: boolean
  /** What would be possible instead. */
  hint?: string
}

/** One finding of a rule: where (relative to the structure that the rule is on), what AWS says, and what would be possible. */
export type Finding = readonly [path: Path, message: string, hint?: string]

/** State that some rules compare an input with. Such a rule finds nothing where its part is not known. */
export interface Known {
  /** The number of the account that is asked. */
  account?: string
  cluster?: Pick<Wire<Cluster>, 'serviceConnectDefaults'>
  definition?: Partial<Wire<TaskDefinition>>
}

/** A rule on one structure of ECS's, wherever it stands in an input. */
export interface Rule<T = never, Root = never> {
  on: string
  code: string
  /**
   * Where the rule comes from:
   * - seen from AWS: a cdk-preflight rule (a deployment confirmed each of them), a recorded response (`recorded response: …`, `capture …`), a
   *   public issue (`owner/repo#n`), or an error that a public repository quotes;
   * - `contract: PAGE`: AWS documents it without exception, and this API's own contract rests on it;
   * - `documentation: PAGE`: AWS documents it, but no rejection was seen, so the text is the engine's own;
   * - `by analogy …`: neither seen nor documented.
   */
  source: string
  afterLookup: boolean
  find(value: T, root: Root, known: Known): Iterable<Finding>
}

/** The rules of a table, all on inputs of one kind of root. */
export function rule<T, Root = unknown>(
  on: string,
  code: string,
  source: string,
  find: (value: T, root: Root, known: Known) => Iterable<Finding>,
): Rule {
  return { on, code, source, afterLookup: false, find } as unknown as Rule
}

/** The same rules, applied by ECS after it has looked up the cluster and the task definition. */
export function afterLookup(rules: readonly Rule[]): Rule[] {
  return rules.map((one) => ({ ...one, afterLookup: true }))
}

/** Whether the gateway applies it: AWS was seen to reject this, or both contracts say so. */
export function isVerified({ source }: Pick<Rule, 'source'>): boolean {
  return !/^(documentation: |by analogy\b)/.test(source)
}

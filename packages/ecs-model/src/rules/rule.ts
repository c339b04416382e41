/**
 * The form of a validation rule. A rule applies to one structure of ECS; it has AWS's message, and its evidence says
 * how certain the rule is.
 */
import type { Cluster, TaskDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'

/** A path into an operation's input, in ECS's own member names. */
export type Path = readonly (string | number)[]

/** An error in an input, with AWS's message. */
export interface Fault {
  /** The code of AWS's exception: `ClientException`, `InvalidParameterException` … */
  code: string
  message: string
  path: Path
  /**
   * Whether AWS was observed to reject this, or the documented contract says so. Only the engine applies unverified
   * rules.
   */
  verified: boolean
  /** Whether ECS reports it only after it has looked up the cluster and the task definition in the input. */
  afterLookup: boolean
  /** Whether the last member of the path is missing. */
  missing: boolean
  /** A valid alternative. */
  hint?: string
}

/** A finding of a rule: a path relative to the rule's structure, AWS's message, and a valid alternative. */
export type Finding = readonly [path: Path, message: string, hint?: string]

/** State beside the input that some rules need. A rule finds nothing when the part that it needs is absent. */
export interface RuleContext {
  /** The number of the account that receives the request. */
  account?: string
  cluster?: Pick<AwsJson<Cluster>, 'serviceConnectDefaults' | 'capacityProviders'>
  definition?: Partial<AwsJson<TaskDefinition>>
}

/** Where a rule comes from: the evidence that AWS has it, and the exception of AWS. */
export interface RuleOrigin {
  /**
   * The evidence that AWS has the rule:
   * - observed from AWS: a cdk-preflight rule (`cdk-preflight …` or `deployment: …`; a deployment confirmed each of
   *   them), a recorded response (`recorded response: …`), a report from the field (`field report of DATE`),
   *   a public issue (`owner/repo#n`), or an error that a public repository or a cdk-preflight rule quotes
   *   (`error …`, `message of …`);
   * - `contract: PAGE`: AWS documents it without exception, and this API's own contract depends on it;
   * - `documentation: PAGE`: AWS documents it, but no rejection was observed, so the text is the engine's own;
   * - `by analogy …`: neither observed nor documented.
   */
  evidence: string
  /** The code of AWS's exception. */
  code: string
}

/** A rule on one structure of ECS, wherever the structure is in an input. */
export interface Rule<T = never, Root = never> extends RuleOrigin {
  /** The name of the structure in AWS's model: `ContainerDefinition`, `RunTaskRequest` … */
  on: string
  /** Whether ECS applies it only after it has looked up the cluster and the task definition in the input. */
  afterLookup: boolean
  /** @param root the whole input */
  find(value: T, root: Root, context: RuleContext): Iterable<Finding>
}

/** Makes a rule on one structure. */
export function rule<T, Root = unknown>(
  { on, code, evidence }: Pick<Rule, 'on' | 'code' | 'evidence'>,
  find: (value: T, root: Root, context: RuleContext) => Iterable<Finding>,
): Rule {
  return { on, code, evidence, afterLookup: false, find } as unknown as Rule
}

/** The origin of a rule whose code has a default. */
export type OriginWithDefaultCode = Omit<RuleOrigin, 'code'> & Partial<RuleOrigin>

/** The same rules, but ECS applies them after it has looked up the cluster and the task definition. */
export function rulesAppliedAfterLookup(rules: readonly Rule[]): Rule[] {
  return rules.map((rule) => ({ ...rule, afterLookup: true }))
}

/**
 * Whether the gateway applies the rule: AWS was observed to reject this, or both AWS's documentation and this API's
 * contract say so.
 */
export function isVerified({ evidence }: Pick<Rule, 'evidence'>): boolean {
  return !/^(documentation: |by analogy\b)/.test(evidence)
}

/** An account as every verb gets it: what it is and how to reach it. Resources don't hang on it. */
import type { ECS, Service, Task } from '@aws-sdk/client-ecs'
import type { SQS } from '@aws-sdk/client-sqs'
import type { OwnWrites } from '../own-writes/own-writes.ts'
import type { CircuitBreaker } from './calls/circuit-breaker.ts'
import type { Permit } from './calls/permit.ts'
import type { AwsWrite } from './calls/pipeline.ts'
import type { CallContext } from './calls/priority.ts'
import type { RequestBudget } from './calls/request-budget.ts'
import type { OrgTag } from './org-tag.ts'
import type { Describes } from './reads/describe.ts'
import type { TaskIndex } from './reads/task-index.ts'

export interface AccountDefaults {
  /** Subnets for tasks that name none. */
  subnets?: readonly string[]
  /** Security groups for tasks that name no subnets. */
  securityGroups?: readonly string[]
  /** For a task definition that needs an execution role and names none. */
  executionRoleArn?: string
}

/** What AWS has described, as far as it is to be seen. */
export interface Descriptions {
  tasks?: readonly Task[] | undefined
  services?: readonly Service[] | undefined
}

type Breaker = Pick<CircuitBreaker, 'isOpen'>

export interface Account {
  /** Its name in the configuration and in paths. */
  name: string
  region: string
  /** `local`: on the embedded engine. */
  mode: 'aws' | 'local'
  /** The twelve-digit number, where it is known without asking AWS: of local accounts. */
  number: string | undefined
  /** `simulated` and the like, of local accounts; Amazon's own are `fargate`. */
  runtime: string
  defaults: AccountDefaults
  /** The boundary: what is made here carries this tag, and only what does is seen. */
  org: OrgTag | undefined
  /** How old what is read may be, in milliseconds, while the request budget allows. */
  freshMs: number
  /** The queue that tells of what changes in ECS, where there is one. */
  events?: { queueUrl: string } | undefined
  /** What AWS allows the account in requests. */
  budget: RequestBudget
  /** Waits for a token of the request budget and returns a permit: until then it need not be settled what the call asks for. */
  acquire: (action: string) => Promise<Permit>
  /** What keeps calls from being made in vain: ECS's, which the account's other services share, and that of the queue where there is one. */
  breakers: Readonly<{ ecs: Breaker; sqs?: Breaker }>
  /** On whose behalf it is called when nothing else is said. */
  callContext: () => CallContext
  /** Tells of every call that may have changed something, once it has ended, however. */
  onWrite: (listener: (write: AwsWrite) => void) => void
  /** Tells of every answer that describes tasks or services, whoever asked. */
  onDescribed: (listener: (seen: Descriptions) => void) => void
  /**
   * Throws where the account's guardrails forbid the call. Each call is held against them by itself; asking beforehand is for what takes
   * several calls.
   */
  allow: (action: string, input: object) => void
  /** Whether the guardrails say anything about task definitions. */
  guardsDefinitions: boolean
  /**
   * The account's ECS client, made when first asked for. Its calls fail with Problems: AWS's errors are translated here and nowhere else
   * (aws/errors.ts), so a missing cluster is a `NotFound` with the code `ClusterNotFound`, whoever asked.
   * @example const { clusters } = await account.ecs().describeClusters({ clusters: [name] })
   */
  ecs: () => ECS
  /** Likewise for SQS, loaded when first asked for. An answer may take half a minute; nothing is tried twice, and neither ECS's budget nor its circuit breaker is concerned. */
  sqs: () => Promise<SQS>
  /** The twelve-digit number; of an account on AWS, STS is asked for it once. @throws Problem when the credentials don't work */
  ownNumber: () => Promise<string>
  /** Who AWS says that we are; throws a Problem when the credentials don't work. */
  identity: () => Promise<{ number: string; arn: string }>
  /** Describes of one resource each, which share calls. */
  describes: Describes
  /** This service's writes that AWS may not show yet. */
  ownWrites: OwnWrites
  /** Tasks that AWS has described, for lists. */
  taskIndex: TaskIndex
  /** The twelve-digit number in the last ARN of a task that AWS showed, where one was. */
  lastShownNumber: string | undefined
  /** Aborted once it is closed. */
  closed: AbortSignal
  /** Ends open connections; calls after it fail. */
  close: () => void
}

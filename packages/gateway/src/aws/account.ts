/**
 * An account as every function gets it: its settings, its clients for AWS, and the state that belongs to it. An account
 * stands for one AWS account in one Region, or for an account of the embedded engine. An account has no methods for
 * resources: functions take the account as their first argument.
 */

import type { Agent } from 'node:http'
import type { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { ContainerDefinition, ECS, Service, Task } from '@aws-sdk/client-ecs'
import type { KMS } from '@aws-sdk/client-kms'
import type { SQS } from '@aws-sdk/client-sqs'
import type { SSM } from '@aws-sdk/client-ssm'
import type { RecentWrites } from '../recent-writes/recent-writes.ts'
import type { AccountGuardrails } from './account-guardrails.ts'
import type { BoundaryTag } from './boundary-tag.ts'
import type { CircuitBreaker } from './calls/circuit-breaker.ts'
import type { Permit } from './calls/permit.ts'
import type { AwsWrite } from './calls/pipeline.ts'
import type { CallContext } from './calls/priority.ts'
import type { RequestBudget } from './calls/request-budget.ts'
import type { Reachability } from './reachability.ts'
import type { BatchedDescribes } from './reads/describe.ts'
import type { DrainingServices } from './reads/draining-services.ts'
import type { TaskIndex } from './reads/task-index.ts'

export interface AccountDefaults {
  /** Subnets for tasks whose request names none. */
  subnets?: readonly string[]
  /** Security groups for tasks whose request names no subnets. */
  securityGroups?: readonly string[]
  /** The execution role for a task definition that needs one and names none. */
  executionRoleArn?: string
}

/** The limits of ECS Exec sessions, and their recordings (the configuration key `exec` of an account). */
export interface ExecSettings {
  /** Sessions of one token at a time, over all processes. */
  sessionsPerToken: number
  /** A session ends after this time without input and output. */
  idleMinutes: number
  maxMinutes: number
  /** The folder of the recordings; undefined where sessions are not recorded. */
  recordings: string | undefined
  recordingDays: number
}

/** The resources in a response of AWS, without resources that the boundary hides. */
export interface DescribedResources {
  tasks?: readonly Task[] | undefined
  services?: readonly Service[] | undefined
}

/** The container runtime of this machine, on which the tasks of a local account run. */
export interface LocalRuntime {
  /**
   * Lists the images on this machine, sorted by name; undefined with simulated containers, which need none.
   * @throws Error when the container runtime does not answer
   */
  listImages: () => Promise<readonly { name: string; createdAt: number; sizeBytes: number }[] | undefined>
  /**
   * Returns sentences about how these containers will run, for the plan of a change: images that have to be pulled,
   * commands that simulated containers do not run.
   * @throws Error when the container runtime does not answer
   */
  previewOf: (containers: readonly ContainerDefinition[]) => Promise<readonly string[]>
}

type Breaker = Pick<CircuitBreaker, 'isOpen'>

export interface Account {
  /** The name in the configuration and in paths. */
  name: string
  region: string
  /** `local`: an account of the embedded engine. */
  mode: 'aws' | 'local'
  /** The twelve-digit number of a local account; undefined for an account on AWS (see `ownNumber`). */
  number: string | undefined
  /** The runtime of a local account, such as `simulated`; `fargate` for an account on AWS. */
  runtime: string
  /** Undefined for an account on AWS. */
  localRuntime?: LocalRuntime | undefined
  defaults: AccountDefaults
  /** The boundary: resources created here get this tag, and resources without it are hidden. */
  boundaryTag: BoundaryTag | undefined
  /** How old a read's response may be, in milliseconds, while the request budget allows. */
  freshMs: number
  /** The SQS queue that receives the account's ECS events, where there is one. */
  events?: { queueUrl: string } | undefined
  execSettings: ExecSettings
  /** How the console shows the account. `colour` has the form `#c0271c`. */
  console?: { colour: string } | undefined
  /** AWS's request limits for the account. */
  requestBudget: RequestBudget
  /**
   * Waits for a token of the request budget and returns a permit for one call of the action. Use it where the input of
   * the call depends on the time at which the call is sent.
   */
  acquirePermit: (action: string) => Promise<Permit>
  /**
   * The circuit breakers of the account's clients. `ecs` also protects the Resource Groups Tagging API. `sqs`
   * exists only for an account with an event queue.
   */
  circuitBreakers: Readonly<{ ecs: Breaker; cloudwatch: Breaker; logs: Breaker; sqs?: Breaker }>
  /** The priority and the caller of calls that are made outside of `withCallContext`. */
  callContext: () => CallContext
  /** Calls `listener` after every write to ECS, successful or not. */
  onWrite: (listener: (write: AwsWrite) => void) => void
  /** Calls `listener` with the output of every DescribeTasks and DescribeServices of the account's ECS client. */
  onDescribed: (listener: (described: DescribedResources) => void) => void
  publicAddresses: {
    /**
     * Looks up the addresses of running tasks that are not cached. Resolves when they are cached, or after 300 ms.
     * Returns undefined when there is nothing to wait for. Never rejects.
     */
    lookUp: (tasks: readonly Task[]) => Promise<void> | undefined
  }
  drainingServices: DrainingServices
  guardrails: AccountGuardrails
  /**
   * The account's ECS client, created at the first use. Its calls throw Problems: AWS's errors are translated in one
   * place (`aws/calls/errors.ts`). A missing cluster, for example, is always a `NotFound` with the code
   * `ClusterNotFound`.
   * @example const { clusters } = await account.ecs().describeClusters({ clusters: [name] })
   */
  ecs: () => ECS
  /** The account's client for CloudWatch, loaded at the first use. It has a circuit breaker of its own. */
  cloudWatch: () => Promise<CloudWatch>
  /**
   * The account's client for CloudWatch Logs, loaded at the first use. It has a circuit breaker of its own. A missing
   * log group is a `NotFound` with the code `LogGroupNotFound`, a missing stream one with `LogStreamNotFound`.
   * @param region the Region of the logs; default: the account's
   */
  logs: (region?: string) => Promise<CloudWatchLogs>
  /**
   * The account's SQS client, loaded at the first use. A response may take half a minute, because the event feed uses
   * long polls. Its calls are not retried, take no tokens of ECS's request budget, and have a circuit breaker of their
   * own.
   */
  sqs: () => Promise<SQS>
  /** The account's Systems Manager client, loaded at the first use, with a circuit breaker of its own. */
  ssm: () => Promise<SSM>
  /** The account's KMS client, loaded at the first use, with a circuit breaker of its own. */
  kms: () => Promise<KMS>
  /** The HTTP agents for connections to AWS that the SDK does not make; undefined for a local account. */
  httpAgents: { http: Agent; https: Agent } | undefined
  /**
   * The account's twelve-digit number. For an account on AWS it is requested from STS once.
   * @throws Problem when the credentials do not work
   */
  ownNumber: () => Promise<string>
  /**
   * The identity that STS returns for the account's credentials.
   * @throws Problem when the credentials do not work
   */
  identity: () => Promise<{ number: string; arn: string }>
  reachability: Reachability
  /** Describes single resources. Requests at about the same time share one call to AWS. */
  batchedDescribes: BatchedDescribes
  /** The writes of the gateway that AWS's responses may not show yet. */
  recentWrites: RecentWrites
  /** The tasks that AWS has described. Lists of tasks are ordered and filtered by this index. */
  taskIndex: TaskIndex
  /** The account number in the ARN of the last task that AWS described; undefined before the first one. */
  lastDescribedNumber: string | undefined
  /** Aborted when the account is closed. */
  closedSignal: AbortSignal
  /** Aborts `closedSignal`. Connections to AWS end a minute later, so that calls in flight can end first. */
  close: () => void
}

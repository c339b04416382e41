/** Making an account from its settings. Nothing is asked of AWS until the first call. */
import type { ECS } from '@aws-sdk/client-ecs'
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api'
import type { SQS } from '@aws-sdk/client-sqs'
import type { STS } from '@aws-sdk/client-sts'
import { OwnWrites } from '../own-writes/own-writes.ts'
import type { Account, AccountDefaults, Descriptions } from './account.ts'
import { CircuitBreaker } from './calls/circuit-breaker.ts'
import { type AwsWrite, acquirePermit, type CallDeps, type PipelineDeps } from './calls/pipeline.ts'
import { type BudgetSettings, RequestBudget } from './calls/request-budget.ts'
import { addPipeline, type ClientSettings, ecsClient, observeDescriptions } from './client.ts'
import { type ConnectionSettings, connectionFor } from './connection.ts'
import { type CredentialSettings, credentialsFor } from './credentials.ts'
import { type Ec2Client, ec2Client } from './ec2-client.ts'
import { boundary, keepWithin } from './org/boundary.ts'
import { TaggedIndex } from './org/tagged-index.ts'
import type { OrgTag } from './org-tag.ts'
import { Describes } from './reads/describe.ts'
import { publicAddresses } from './reads/public-addresses.ts'
import { TaskIndex } from './reads/task-index.ts'

interface Named {
  name: string
  region: string
  defaults: AccountDefaults
  org?: OrgTag | undefined
  /** The queue that tells of what changes in ECS. */
  events?: { queueUrl: string } | undefined
  /** What differs from AWS's own request buckets. */
  budget?: BudgetSettings | undefined
  freshMs?: number | undefined
}

export interface AwsAccountSettings extends Named, ConnectionSettings {
  credentials: CredentialSettings
  /** Another endpoint for all AWS services of this account. */
  endpoint?: string | undefined
  fips?: boolean | undefined
}

export interface LocalAccountSettings extends Named {
  number: string
  runtime: string
  /** The engine's own, for this account. */
  requestHandler: ClientSettings['requestHandler']
}

const maxAttempts = 3
/** Who asks whether an account can be reached doesn't want to wait for all attempts. */
const identityMs = 3000
/** With all its attempts. */
const longestCallMs = 30_000
/** A long poll lasts up to 20 s. */
const queueAnswerMs = 30_000

/** An account on Amazon's AWS, or on anything that speaks its protocol. */
export function openAwsAccount(settings: AwsAccountSettings, callDeps: CallDeps): Account {
  const { name, region, defaults, org, events, endpoint, fips, budget = {}, freshMs = 2000, timeouts } = settings
  const connection = connectionFor(settings)
  const base: ClientSettings = {
    region,
    maxAttempts,
    requestHandler: connection.handler,
    ...(endpoint && { endpoint }),
    ...(fips && { useFipsEndpoint: true }),
  }
  const client = { ...base, credentials: credentialsFor(settings.credentials, base) }
  return account(
    { name, region, defaults, org, mode: 'aws', number: undefined, runtime: 'fargate', freshMs, events },
    client,
    {
      ...callDeps,
      queueHandler: { ...connection.handler, requestTimeout: queueAnswerMs },
      budget: new RequestBudget(budget, callDeps),
      deadlineMs: timeouts?.callMs ?? longestCallMs,
      close: connection.close,
    },
  )
}

/** An account on the embedded engine, whose handler knows which account it is for: the keys sign, but prove nothing. */
export function openLocalAccount(
  { requestHandler, org, budget = 'off', freshMs = 200, ...settings }: LocalAccountSettings,
  callDeps: CallDeps,
): Account {
  const credentials = { accessKeyId: settings.number, secretAccessKey: 'local' }
  const client: ClientSettings = { region: settings.region, maxAttempts, credentials, requestHandler }
  return account({ ...settings, org, mode: 'local', freshMs }, client, {
    ...callDeps,
    queueHandler: requestHandler,
    budget: new RequestBudget(budget, callDeps),
    deadlineMs: longestCallMs,
    close: () => {},
  })
}

interface OpenAccountDeps extends CallDeps {
  /** How its SQS client reaches AWS. */
  queueHandler: ClientSettings['requestHandler']
  budget: RequestBudget
  deadlineMs: number
  close: () => void
}

type Description = Pick<
  Account,
  'name' | 'region' | 'defaults' | 'org' | 'mode' | 'number' | 'runtime' | 'freshMs' | 'events'
>

function account(
  what: Description,
  client: ClientSettings,
  { close, queueHandler, ...deps }: OpenAccountDeps,
): Account {
  const writeListeners: ((write: AwsWrite) => void)[] = []
  const seenListeners: ((seen: Descriptions) => void)[] = []
  const breakerOf = (service: 'ecs' | 'sqs' | 'ec2') =>
    new CircuitBreaker({ onOpened: () => deps.onCircuitOpened?.(service) })
  const [breaker, queueBreaker, ec2Breaker] = [breakerOf('ecs'), breakerOf('sqs'), breakerOf('ec2')]
  const pipelineDeps: PipelineDeps = {
    ...deps,
    account: what.name,
    breaker,
    onWrite: (write) => {
      for (const listener of writeListeners) listener(write)
    },
  }
  const closing = new AbortController()
  let ecs: ECS | undefined
  let sts: Promise<STS> | undefined
  let tagging: Promise<ResourceGroupsTaggingAPI> | undefined
  let sqs: Promise<SQS> | undefined
  let ec2: Promise<Ec2Client> | undefined
  const stsClient = () => {
    sts ??= import('@aws-sdk/client-sts').then(({ STS }) => {
      const made = new STS(client)
      addPipeline(made.middlewareStack, pipelineDeps)
      return made
    })
    return sts
  }
  const taggingClient = () => {
    tagging ??= import('@aws-sdk/client-resource-groups-tagging-api').then(({ ResourceGroupsTaggingAPI }) => {
      const made = new ResourceGroupsTaggingAPI(client)
      addPipeline(made.middlewareStack, pipelineDeps)
      return made
    })
    return tagging
  }
  const sqsClient = () => {
    sqs ??= import('@aws-sdk/client-sqs').then(({ SQS }) => {
      // The account's own endpoint counts, not the host that stands in a queue's URL.
      const made = new SQS({ ...client, requestHandler: queueHandler, maxAttempts: 1, useQueueUrlAsEndpoint: false })
      addPipeline(made.middlewareStack, { ...pipelineDeps, breaker: queueBreaker, onWrite: () => {} })
      return made
    })
    return sqs
  }
  const addresses = publicAddresses(() => {
    ec2 ??= ec2Client(client, { ...pipelineDeps, breaker: ec2Breaker, onWrite: () => {} })
    return ec2
  })
  const acquire = (action: string) => acquirePermit(action, pipelineDeps)
  const { callContext, budget } = deps
  const bounded = (org: OrgTag) => {
    const made = ecsClient(client, pipelineDeps)
    const whole = ecsClient(client, pipelineDeps)
    const index = new TaggedIndex(org, taggingClient, what.freshMs)
    keepWithin(made.middlewareStack, boundary(org, { ecs: () => whole, callContext, budget, acquire }, index))
    return made
  }
  // What the boundary hides has not been seen.
  const watched = (made: ECS) => {
    observeDescriptions(made.middlewareStack, async (seen) => {
      await addresses.lookUp(seen.tasks ?? [])
      for (const listener of seenListeners) listener(seen)
    })
    return made
  }
  let { number } = what
  const identity = async () => {
    const sts = await stsClient()
    const { Account = '', Arn: arn = '' } = await sts.getCallerIdentity(
      {},
      { abortSignal: AbortSignal.timeout(identityMs) },
    )
    return { number: Account, arn }
  }
  const ecsOfAccount = () => {
    ecs ??= watched(what.org ? bounded(what.org) : ecsClient(client, pipelineDeps))
    return ecs
  }
  return {
    ...what,
    budget,
    acquire,
    describes: new Describes({ ecs: ecsOfAccount, callContext, budget, acquire }),
    ownWrites: new OwnWrites(Date.now),
    taskIndex: new TaskIndex(),
    lastShownNumber: undefined,
    breakers: { ecs: breaker, ...(what.events && { sqs: queueBreaker }) },
    callContext,
    allow: deps.allow,
    get guardsDefinitions() {
      return deps.guardsDefinitions()
    },
    onWrite: (listener) => void writeListeners.push(listener),
    onDescribed: (listener) => void seenListeners.push(listener),
    ecs: ecsOfAccount,
    sqs: sqsClient,
    ownNumber: async () => {
      number ??= (await identity()).number
      return number
    },
    identity,
    closed: closing.signal,
    close: () => {
      closing.abort()
      close()
    },
  }
}

/**
 * Opens an account from its settings: builds its clients, each with the call pipeline, and its state. No request is
 * sent to AWS until the first call.
 */
import type { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { ECS } from '@aws-sdk/client-ecs'
import type { KMS } from '@aws-sdk/client-kms'
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api'
import type { SQS } from '@aws-sdk/client-sqs'
import type { SSM } from '@aws-sdk/client-ssm'
import type { STS } from '@aws-sdk/client-sts'
import { RecentWrites } from '../recent-writes/recent-writes.ts'
import type { Account, AccountDefaults, DescribedResources, ExecSettings, LocalRuntime } from './account.ts'
import type { BoundaryTag } from './boundary-tag.ts'
import { type BreakerService, CircuitBreaker } from './calls/circuit-breaker.ts'
import { collectBody } from './calls/collect-body.ts'
import { FastAwsJson } from './calls/fast-deserializer.ts'
import { type AwsWrite, type CallDeps, type PipelineDeps, waitForPermit } from './calls/pipeline.ts'
import { type BudgetSettings, RequestBudget } from './calls/request-budget.ts'
import { addPipeline, type ClientSettings, createEcsClient, observeDescriptions } from './client.ts'
import { type ConnectionSettings, connectionFor } from './connection.ts'
import { type CredentialSettings, createCredentialProvider } from './credentials.ts'
import { createEc2Client, type Ec2Client } from './ec2-client.ts'
import { addBoundary, createBoundaryRules } from './org/boundary.ts'
import { TaggedIndex } from './org/tagged-index.ts'
import { Reachability } from './reachability.ts'
import { BatchedDescribes } from './reads/describe.ts'
import { DrainingServices } from './reads/draining-services.ts'
import { publicAddresses } from './reads/public-addresses.ts'
import { TaskIndex } from './reads/task-index.ts'

interface CommonSettings {
  name: string
  region: string
  defaults: AccountDefaults
  /** The tag that the account's resources must have, from the configuration key `org` (docs/access.md). */
  boundaryTag?: BoundaryTag | undefined
  /** The SQS queue that receives the account's ECS events. */
  events?: { queueUrl: string } | undefined
  /** The request buckets whose sizes differ from AWS's documented figures. */
  budget?: BudgetSettings | undefined
  /** How old a read's response may be. */
  freshMs?: number | undefined
  exec?: Partial<ExecSettings> | undefined
  console?: Account['console']
}

export interface AwsAccountSettings extends CommonSettings, ConnectionSettings {
  credentials: CredentialSettings
  /** Replaces the endpoints of all AWS services of this account. */
  endpoint?: string | undefined
  fips?: boolean | undefined
}

export interface LocalAccountSettings extends CommonSettings {
  number: string
  /** The program that runs the containers: `docker`, `podman` or `simulated`. */
  runtime: string
  localRuntime: LocalRuntime
  /** The engine's handler for this account. */
  requestHandler: ClientSettings['requestHandler']
}

const maxAttempts = 3
/** Timeout of GetCallerIdentity, so that a check of an account's reachability does not wait for all attempts. */
const identityTimeoutMs = 3000
/** The default of `timeouts.callMs`: the deadline of a call with all its attempts. */
const defaultDeadlineMs = 30_000
/** The default limits of sessions in containers. */
const execDefaults: ExecSettings = {
  sessionsPerToken: 20,
  idleMinutes: 20,
  maxMinutes: 120,
  recordings: undefined,
  recordingDays: 90,
}
/** Timeout of SQS's responses. A long poll lasts up to 20 s. */
const sqsTimeoutMs = 30_000

/** Opens an account on Amazon's AWS, or on any server with the same protocol. */
export function openAwsAccount(settings: AwsAccountSettings, callDeps: CallDeps): Account {
  const {
    name,
    region,
    defaults,
    boundaryTag,
    events,
    endpoint,
    fips,
    budget: requestBudget = {},
    freshMs = 2000,
    timeouts,
  } = settings
  const execSettings = { ...execDefaults, ...settings.exec }
  const connection = connectionFor(settings)
  const settingsOfSts: ClientSettings = {
    region,
    maxAttempts,
    requestHandler: connection.handler,
    streamCollector: collectBody,
    ...(endpoint && { endpoint }),
    ...(fips && { useFipsEndpoint: true }),
  }
  const clientSettings = {
    ...settingsOfSts,
    credentials: createCredentialProvider(settings.credentials, settingsOfSts),
  }
  return openAccount(
    {
      name,
      region,
      defaults,
      boundaryTag,
      mode: 'aws',
      number: undefined,
      runtime: 'fargate',
      freshMs,
      events,
      execSettings,
      console: settings.console,
    },
    clientSettings,
    {
      ...callDeps,
      sqsHandler: { ...connection.handler, requestTimeout: sqsTimeoutMs },
      requestBudget: new RequestBudget(requestBudget, callDeps),
      deadlineMs: timeouts?.callMs ?? defaultDeadlineMs,
      httpAgents: connection.httpAgents,
      close: connection.close,
    },
  )
}

/**
 * Opens an account on the embedded engine. The engine does not check the credentials, because `requestHandler` belongs
 * to the account; the SDK needs them to sign.
 */
export function openLocalAccount(
  { requestHandler, boundaryTag, budget: requestBudget = 'off', freshMs = 200, ...settings }: LocalAccountSettings,
  callDeps: CallDeps,
): Account {
  const credentials = { accessKeyId: settings.number, secretAccessKey: 'local' }
  const clientSettings: ClientSettings = { region: settings.region, maxAttempts, credentials, requestHandler }
  const execSettings = { ...execDefaults, ...settings.exec }
  return openAccount({ ...settings, boundaryTag, mode: 'local', freshMs, execSettings }, clientSettings, {
    ...callDeps,
    sqsHandler: requestHandler,
    requestBudget: new RequestBudget(requestBudget, callDeps),
    deadlineMs: defaultDeadlineMs,
    httpAgents: undefined,
    close: () => {},
  })
}

interface OpenAccountDeps extends CallDeps {
  /** The HTTP handler of the SQS client. */
  sqsHandler: ClientSettings['requestHandler']
  requestBudget: RequestBudget
  deadlineMs: number
  httpAgents: Account['httpAgents']
  close: () => void
}

/** The members of an account that its settings give. */
type AccountFacts = Pick<
  Account,
  | 'name'
  | 'region'
  | 'defaults'
  | 'boundaryTag'
  | 'mode'
  | 'number'
  | 'runtime'
  | 'localRuntime'
  | 'freshMs'
  | 'events'
  | 'execSettings'
  | 'console'
>

function openAccount(
  facts: AccountFacts,
  clientSettings: ClientSettings,
  { close, httpAgents, sqsHandler, ...deps }: OpenAccountDeps,
): Account {
  const writeListeners: ((write: AwsWrite) => void)[] = []
  const descriptionListeners: ((described: DescribedResources) => void)[] = []
  const newBreaker = (service: BreakerService) =>
    new CircuitBreaker({ onOpened: () => deps.onCircuitOpened?.(service) })
  const [breaker, sqsBreaker, ec2Breaker] = [newBreaker('ecs'), newBreaker('sqs'), newBreaker('ec2')]
  const logsBreaker = newBreaker('logs')
  const cloudWatchBreaker = newBreaker('cloudwatch')
  const pipelineDeps: PipelineDeps = {
    ...deps,
    account: facts.name,
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
  let ssm: Promise<SSM> | undefined
  let cloudWatch: Promise<CloudWatch> | undefined
  let kms: Promise<KMS> | undefined
  let ec2: Promise<Ec2Client> | undefined
  /** By Region: a task definition may name another Region for its logs. */
  const logs = new Map<string, Promise<CloudWatchLogs>>()
  const stsClient = () => {
    sts ??= import('@aws-sdk/client-sts').then(({ STS }) => {
      const client = new STS(clientSettings)
      // A network may have an endpoint for ECS and none for STS.
      addPipeline(client.middlewareStack, { ...pipelineDeps, breaker: newBreaker('sts') })
      return client
    })
    return sts
  }
  const taggingClient = () => {
    tagging ??= import('@aws-sdk/client-resource-groups-tagging-api').then(({ ResourceGroupsTaggingAPI }) => {
      const client = new ResourceGroupsTaggingAPI(clientSettings)
      addPipeline(client.middlewareStack, pipelineDeps)
      return client
    })
    return tagging
  }
  const sqsClient = () => {
    sqs ??= import('@aws-sdk/client-sqs').then(({ SQS }) => {
      // `useQueueUrlAsEndpoint: false`: the account's endpoint is used, not the host in a queue's URL.
      const settings = { ...clientSettings, requestHandler: sqsHandler, maxAttempts: 1, useQueueUrlAsEndpoint: false }
      const client = new SQS(settings)
      addPipeline(client.middlewareStack, { ...pipelineDeps, breaker: sqsBreaker, onWrite: () => {} })
      return client
    })
    return sqs
  }
  const ssmClient = () => {
    ssm ??= import('@aws-sdk/client-ssm').then(({ SSM }) => {
      const client = new SSM(clientSettings)
      addPipeline(client.middlewareStack, { ...pipelineDeps, breaker: newBreaker('ssm'), onWrite: () => {} })
      return client
    })
    return ssm
  }
  const cloudWatchClient = () => {
    cloudWatch ??= import('@aws-sdk/client-cloudwatch').then(({ CloudWatch }) => {
      const client = new CloudWatch(clientSettings)
      addPipeline(client.middlewareStack, { ...pipelineDeps, breaker: cloudWatchBreaker, onWrite: () => {} })
      return client
    })
    return cloudWatch
  }
  const kmsClient = () => {
    kms ??= import('@aws-sdk/client-kms').then(({ KMS }) => {
      const client = new KMS(clientSettings)
      addPipeline(client.middlewareStack, { ...pipelineDeps, breaker: newBreaker('kms'), onWrite: () => {} })
      return client
    })
    return kms
  }
  const logsClient = (region = facts.region) => {
    const existing = logs.get(region)
    if (existing) return existing
    const opening = import('@aws-sdk/client-cloudwatch-logs').then(({ CloudWatchLogs }) => {
      const client = new CloudWatchLogs({ ...clientSettings, region, protocol: FastAwsJson })
      addPipeline(client.middlewareStack, { ...pipelineDeps, breaker: logsBreaker, onWrite: () => {} })
      return client
    })
    logs.set(region, opening)
    return opening
  }
  const acquirePermit = (action: string) => waitForPermit(action, pipelineDeps)
  const { callContext, requestBudget } = deps
  const boundedEcsClient = (boundaryTag: BoundaryTag) => {
    const client = createEcsClient(clientSettings, pipelineDeps)
    const unbounded = createEcsClient(clientSettings, pipelineDeps)
    const index = new TaggedIndex(boundaryTag, taggingClient, facts.freshMs)
    const unboundedDeps = { ecs: () => unbounded, callContext, requestBudget, acquirePermit }
    addBoundary(client.middlewareStack, createBoundaryRules(boundaryTag, unboundedDeps, index))
    return client
  }
  const drainingServices = new DrainingServices()
  const observedEcsClient = () => {
    const client = facts.boundaryTag
      ? boundedEcsClient(facts.boundaryTag)
      : createEcsClient(clientSettings, pipelineDeps)
    observeDescriptions(client.middlewareStack, (described) => {
      drainingServices.observe(described.services ?? [])
      for (const listener of descriptionListeners) listener(described)
    })
    return client
  }
  let { number } = facts
  const identity = async () => {
    const sts = await stsClient()
    const { Account = '', Arn: arn = '' } = await sts.getCallerIdentity(
      {},
      { abortSignal: AbortSignal.timeout(identityTimeoutMs) },
    )
    return { number: Account, arn }
  }
  const ecsOfAccount = () => {
    ecs ??= observedEcsClient()
    return ecs
  }
  return {
    ...facts,
    requestBudget,
    acquirePermit,
    batchedDescribes: new BatchedDescribes({ ecs: ecsOfAccount, callContext, requestBudget, acquirePermit }),
    recentWrites: new RecentWrites(Date.now),
    taskIndex: new TaskIndex(),
    lastDescribedNumber: undefined,
    circuitBreakers: {
      ecs: breaker,
      cloudwatch: cloudWatchBreaker,
      logs: logsBreaker,
      ...(facts.events && { sqs: sqsBreaker }),
    },
    callContext,
    guardrails: deps.guardrails,
    onWrite: (listener) => void writeListeners.push(listener),
    drainingServices,
    publicAddresses: publicAddresses(() => {
      ec2 ??= createEc2Client(clientSettings, { ...pipelineDeps, breaker: ec2Breaker, onWrite: () => {} })
      return ec2
    }),
    onDescribed: (listener) => void descriptionListeners.push(listener),
    ecs: ecsOfAccount,
    cloudWatch: cloudWatchClient,
    logs: logsClient,
    sqs: sqsClient,
    ssm: ssmClient,
    kms: kmsClient,
    httpAgents,
    ownNumber: async () => {
      number ??= (await identity()).number
      return number
    },
    identity,
    reachability: new Reachability(identity),
    closedSignal: closing.signal,
    close: () => {
      closing.abort()
      close()
    },
  }
}

/** Opens the parts of the engine and connects them: the storage, the services, the runtime of containers. */
import { type Account, accountsWithKeys, defaultAccount } from './accounts.ts'
import { reportingClock, systemClock } from './clock.ts'
import { openCloudWatch } from './cloudwatch/service.ts'
import { createContainerCallbacks } from './container-callbacks.ts'
import { createEc2Service } from './ec2/service.ts'
import { createTaskEndpoints, type TaskEndpoints } from './ecs/endpoint/task-endpoints.ts'
import { timingAt } from './ecs/scheduler/timing.ts'
import { type Ecs, openEcs } from './ecs/service.ts'
import { deleteEndpoint } from './endpoint.ts'
import { openEvents } from './events/service.ts'
import type { IdentityDeps } from './identity.ts'
import { type Ids, randomIds } from './ids.ts'
import type { InjectedFaults } from './injected-faults.ts'
import { openKms } from './kms/service.ts'
import { listenForTasks } from './listeners.ts'
import { openLogs } from './logs/service.ts'
import { type OpenedRuntime, openRuntime } from './open-runtime.ts'
import type { LocalAwsOptions } from './options.ts'
import type { Listener } from './protocol/server.ts'
import type { RespondDeps } from './respond-to.ts'
import { openSecretsManager } from './secrets-manager/service.ts'
import { createServiceTables } from './service-tables.ts'
import { openSqs, type Sqs } from './sqs/service.ts'
import { openSsm } from './ssm/service.ts'
import { openStorage } from './storage/storage.ts'
import { openStorageCipher } from './storage/storage-cipher.ts'
import type { Table } from './storage/table.ts'
import { openSts, type TrustCheck } from './sts/service.ts'
import { createTaggingService } from './tagging/service.ts'

/** The time that a listener waits for requests in progress when it is closed. */
export const REQUESTS_TIMEOUT_MS = 1_000

export interface OpenEngine {
  ecs: Ecs
  endpoints: TaskEndpoints
  sqs: Sqs
  engineId: string
  runtime: OpenedRuntime
  respondDeps: RespondDeps
  identity: IdentityDeps
  listeners: Listener[]
  /** Listeners in the tasks' network, for their containers. */
  taskListeners: Listener[]
  /** Stored facts about the engine itself, such as its id. */
  engineFacts: Table<string>
  /** The accounts that have keys of their own. `replaceAccounts` changes `accounts`. */
  registered: { accounts: readonly Account[] }
  /** How each part is closed. The part that was opened last is closed first. */
  closing: AsyncDisposableStack
}

/**
 * @throws Error when another process has locked the data folder, or when a newer version of this program wrote its
 * data. The parts that were opened before are closed then.
 */
export async function openEngine(options: LocalAwsOptions, faults: InjectedFaults): Promise<OpenEngine> {
  const closing = new AsyncDisposableStack()
  try {
    const engine = await openParts(options, faults, closing)
    await engine.ecs.resume()
    return engine
  } catch (error) {
    await closing.disposeAsync().catch(options.onUnexpectedError ?? console.error)
    throw error
  }
}

async function openParts(
  options: LocalAwsOptions,
  faults: InjectedFaults,
  closing: AsyncDisposableStack,
): Promise<OpenEngine> {
  const { data, accounts: configuredAccounts = [defaultAccount], verifySignatures = false } = options
  const { consistencyDelayMs = 0, pace = 'fast', ids = randomIds, sessionsPerTask } = options
  const { onUnexpectedError = console.error, onNotice = console.error } = options
  const clock = reportingClock(options.clock ?? systemClock, onUnexpectedError)
  const storage = openStorage(data, { historyMs: consistencyDelayMs, now: clock.now })
  closing.defer(() => storage.close())
  const registered: OpenEngine['registered'] = { accounts: accountsWithKeys(data, configuredAccounts) }
  const cloudWatch = openCloudWatch({ data, clock })
  closing.defer(() => cloudWatch.close())
  const logs = openLogs({ data, clock, onUnexpectedError })
  closing.defer(() => logs.close())
  closing.defer(() => deleteEndpoint(data))
  const sts = openSts({
    storage,
    clock,
    isTrusted: (check) => isTrusted(registered.accounts, verifySignatures, check),
  })
  const cipher = openStorageCipher(data, storage)
  const secretsManager = openSecretsManager({ storage, cipher, clock, ids })
  const kms = openKms({ storage, cipher, clock, ids })
  const terminateSession: Ecs['terminateSession'] = (...session) => ecs?.terminateSession(...session)
  const ssm = openSsm({ storage, cipher, clock, readSecret: secretsManager.readSecret, terminateSession })
  const listeners: Listener[] = []
  const sqs = openSqs({ storage, clock, ids, endpoint: () => listeners[0]?.url })
  closing.defer(() => sqs.close())
  const events = openEvents({
    storage,
    clock,
    ids,
    sendToQueue: (account, region, queue, body) =>
      sqs.deliverMessage(account, region, queue, body, 'events.amazonaws.com'),
  })
  const taskListeners: Listener[] = []
  closing.defer(async () => {
    await Promise.all(taskListeners.map((listener) => listener.close(REQUESTS_TIMEOUT_MS)))
  })
  const engineFacts = storage.table<string>('engine')
  const engineId = getOrCreateEngineId(engineFacts, ids)
  let ecs: Ecs | undefined
  const openedEcs = () => {
    if (!ecs) throw new Error('ECS is not open yet')
    return ecs
  }
  const endpoints = createTaskEndpoints({
    clock,
    assumeRole: sts.assumeForService,
    allEcsTables: () => openedEcs().allEcsTables,
    runtime: () => runtime.runtime,
    listen: (host) =>
      listenForTasks(host, { taskListeners, engineFacts, signedRequestsDeps: { respondDeps, identity } }),
    onNotice,
    onUnexpectedError,
  })
  closing.defer(() => endpoints.close())
  const notify = (text: string, taskArn?: string) => {
    onNotice(text)
    ecs?.addRuntimeMessage(text, taskArn)
  }
  const runtime = await openRuntime({
    choice: options.runtime ?? 'simulated',
    clock,
    pace,
    engineId,
    callbacks: createContainerCallbacks({ secretsManager, ssm, logs, endpoints }),
    onUnexpectedError,
    onNotice: notify,
  })
  // Closing ECS also closes the runtime.
  closing.defer(() => (ecs ? ecs.close() : runtime.runtime.close()))
  ecs = openEcs({
    storage,
    clock,
    ids,
    consistencyDelayMs,
    runtime: runtime.runtime,
    timing: timingAt(pace),
    eventSink: events,
    metricSink: cloudWatch,
    streamBaseUrl: () => listeners[0]?.url.replace(/^http/, 'ws'),
    decryptWithKms: kms.decrypt,
    ...(sessionsPerTask !== undefined && { sessionsPerTask }),
    onUnexpectedError,
  })
  const ec2 = createEc2Service({ network: ecs.network })
  const tagging = createTaggingService({ ecs, secretsManager, ssm })
  const services = { ecs, tagging, secretsManager, ssm, cloudWatch, kms, logs, events, sqs, sts, ec2 }
  const respondDeps: RespondDeps = {
    storage,
    ids,
    onUnexpectedError,
    ...createServiceTables(services, { faults, clock, throttle: options.throttle }),
  }
  const identity: IdentityDeps = {
    accounts: () => registered.accounts,
    findSession: sts.findSession,
    clock,
    verifySignatures,
  }
  return {
    ecs,
    endpoints,
    sqs,
    engineId,
    runtime,
    respondDeps,
    identity,
    listeners,
    taskListeners,
    engineFacts,
    registered,
    closing,
  }
}

/** The id of the engine, by which it recognizes its own containers. It is created once for a data folder. */
function getOrCreateEngineId(facts: Table<string>, ids: Ids): string {
  const id = facts.get('id') ?? ids.hex(12)
  if (!facts.get('id')) facts.set('id', id)
  return id
}

/**
 * Whether the caller may assume the roles of the account. If the account has an external id, the caller must send it.
 * If it has none, the caller must be of the same account, unless signatures are not verified. An account that the
 * engine does not know trusts callers only where signatures are not verified.
 */
function isTrusted(
  accounts: readonly Account[],
  verifySignatures: boolean,
  { account, caller, externalId }: TrustCheck,
): boolean {
  const roleAccount = accounts.find(({ number }) => number === account)
  if (!roleAccount) return !verifySignatures
  if (roleAccount.externalId !== undefined) return roleAccount.externalId === externalId
  return !verifySignatures || caller === account
}

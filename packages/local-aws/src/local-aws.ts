/** The engine as a class: opens the storage, the services and the runtime, connects them, and closes them in order. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { HttpHandler } from '@smithy/core/protocols'
import { type Account, type AccountOptions, accountsWithKeys, defaultAccount } from './accounts.ts'
import { type Clock, reportingClock, systemClock } from './clock.ts'
import { type CloudWatch, cloudWatchTarget, cloudWatchVersion, openCloudWatch } from './cloudwatch/service.ts'
import { containerCallbacks } from './container-callbacks.ts'
import { ec2Service, ec2Version } from './ec2/service.ts'
import { throttledService } from './ecs/actions/request-buckets.ts'
import { type TaskEndpoints, taskEndpoints } from './ecs/endpoint/task-endpoints.ts'
import { timingAt } from './ecs/scheduler/timing.ts'
import { type Ecs, ecsTarget, openEcs } from './ecs/service.ts'
import { deleteEndpoint, storeEndpoint } from './endpoint.ts'
import { eventsTarget, openEvents } from './events/service.ts'
import { type AnswerDeps, answer, rejection } from './front.ts'
import { admit, callerBySignature, callerInProcess, type IdentityDeps } from './identity.ts'
import { type Ids, randomIds } from './ids.ts'
import { type InjectedFault, InjectedFaults, type ServiceTerms, withFaults } from './injected-faults.ts'
import { kmsTarget, openKms } from './kms/service.ts'
import { type Logs, logsTarget, openLogs } from './logs/service.ts'
import { type OpenedRuntime, openRuntime, type RuntimeChoice } from './open-runtime.ts'
import type { JsonService } from './protocol/aws-json.ts'
import { isLoopbackName } from './protocol/browser-guard.ts'
import { inProcessHandler } from './protocol/in-process.ts'
import { type Listener, type ListenerDeps, listenOn } from './protocol/server.ts'
import type { LocalImage, RuntimeName } from './runtimes/runtime.ts'
import type { SimulatedPace } from './runtimes/simulated.ts'
import { openSecretsManager, secretsManagerTarget } from './secrets-manager/service.ts'
import { openSqs, type Sqs, sqsTarget } from './sqs/service.ts'
import { openSsm, ssmTarget } from './ssm/service.ts'
import { openSealing } from './storage/sealing.ts'
import { openStorage } from './storage/storage.ts'
import type { Table } from './storage/table.ts'
import { stsService, stsVersion, type TrustCheck } from './sts/service.ts'
import { taggingService, taggingTarget } from './tagging/service.ts'

export interface LocalAwsOptions {
  /** The data folder, or `:memory:` to store nothing on disk. */
  data: string
  /** The accounts that have keys of their own. By default there is one: `local`, 000000000000. */
  accounts?: readonly AccountOptions[]
  /**
   * Whether signatures over TCP must be made with the keys of the accounts. Otherwise any well-formed signature is
   * accepted, and an access key of twelve digits is its account's number.
   */
  verify?: boolean
  /** How late Describe and List see changes, in milliseconds: ECS is eventually consistent too. */
  consistencyDelayMs?: number
  /**
   * The speed of simulated containers, and how soon any running task counts as healthy. By default `fast`: RUNNING
   * within a second, and healthy 0.5 s later.
   */
  pace?: SimulatedPace
  /** `aws` enforces ECS's request buckets, with the limits that AWS documents. */
  throttle?: 'aws'
  /** Injected faults for actions of ECS, CloudWatch, CloudWatch Logs, EC2 and the Resource Groups Tagging API. */
  faults?: readonly InjectedFault[]
  /** The runtime of containers. By default `simulated`. */
  runtime?: RuntimeChoice
  /** The number of ECS Exec sessions that a task may have at a time. By default 20. */
  sessionsPerTask?: number
  /**
   * Whether `close` stops real containers, or leaves them running. By default they are stopped within 8 s. The next
   * start of the engine removes containers that take longer.
   */
  atClose?: 'stop' | 'leave'
  clock?: Clock
  ids?: Ids
  /** Receives errors that are defects of the engine. By default they are printed. */
  onUnexpectedError?: (error: unknown) => void
  /**
   * Receives messages for people: a container runtime went away, the host rejected a limit. By default they are
   * printed.
   */
  onNotice?: (text: string) => void
}

/** The documented time that `close` may take. The last second of it is for everything after the stop of tasks. */
const CLOSE_TIMEOUT_MS = 8_000
const CLOSE_AFTER_TASKS_MS = 1_000
/** How long `close` waits for the commands of ECS Exec sessions, and then for requests in progress. */
const SESSIONS_TIMEOUT_MS = 2_000
const REQUESTS_TIMEOUT_MS = 1_000

interface OpenEngine {
  ecs: Ecs
  endpoints: TaskEndpoints
  cloudWatch: CloudWatch
  logs: Logs
  sqs: Sqs
  engineId: string
  runtime: OpenedRuntime
  answerDeps: AnswerDeps
  identity: IdentityDeps
  listeners: Listener[]
  /** Listeners in the tasks' network, for their containers. */
  taskListeners: Listener[]
  /** Stored facts about the engine itself, such as its id. */
  facts: Table<string>
  registered: { accounts: readonly Account[] }
}

/**
 * An AWS in a process.
 *
 * @example
 * const aws = new LocalAws({ data: ':memory:' })
 * await aws.open()
 * const ecs = new ECSClient({
 *   region: 'us-east-1',
 *   credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
 *   requestHandler: aws.requestHandler('111122223333'),
 * })
 */
export class LocalAws {
  readonly #options: LocalAwsOptions
  readonly #faults: InjectedFaults
  #opened: OpenEngine | undefined

  constructor(options: LocalAwsOptions) {
    this.#options = options
    this.#faults = new InjectedFaults(options.faults ?? [])
  }

  /**
   * Opens the data folder and starts the engine.
   * @throws Error when another process has locked the data folder, or when a newer version of this program wrote its
   * data.
   */
  async open(): Promise<void> {
    const {
      data,
      accounts: configuredAccounts = [defaultAccount],
      verify = false,
      consistencyDelayMs = 0,
      pace = 'fast',
    } = this.#options
    const { throttle, sessionsPerTask, ids = randomIds, runtime: runtimeChoice = 'simulated' } = this.#options
    const { onUnexpectedError = console.error, onNotice = console.error } = this.#options
    const clock = reportingClock(this.#options.clock ?? systemClock, onUnexpectedError)
    let runtime: OpenedRuntime | undefined
    const storage = openStorage(data, { historyMs: consistencyDelayMs, now: clock.now })
    let cloudWatch: CloudWatch | undefined
    let logs: Logs | undefined
    try {
      const registered: OpenEngine['registered'] = { accounts: accountsWithKeys(data, configuredAccounts) }
      cloudWatch = openCloudWatch({ data, clock })
      logs = openLogs({ data, clock, onUnexpectedError })
      const sts = stsService({ storage, clock, trusts: (question) => trusts(registered.accounts, verify, question) })
      const sealing = openSealing(data, storage)
      const secretsManager = openSecretsManager({ storage, sealing, clock, ids })
      const kms = openKms({ storage, sealing, clock, ids })
      let ecs: Ecs | undefined
      const terminateSession: Ecs['terminateSession'] = (...session) => ecs?.terminateSession(...session)
      const ssm = openSsm({ storage, sealing, clock, readSecret: secretsManager.readSecret, terminateSession })
      const sqs = openSqs({ storage, clock, ids, endpoint: () => this.#opened?.listeners[0]?.url })
      const events = openEvents({
        storage,
        clock,
        ids,
        deliver: (account, region, queue, body) => sqs.deliver(account, region, queue, body, 'events.amazonaws.com'),
      })
      const endpoints = taskEndpoints({
        clock,
        assumeRole: sts.assumeForService,
        ecsStates: () => this.#openEngine().ecs.ecsStates,
        runtime: () => this.#openEngine().runtime.runtime,
        listen: (host) => this.#listenForTasks(host),
        onNotice,
        onUnexpectedError,
      })
      const facts = storage.table<string>('engine')
      const engineId = engineIdIn(facts, ids)
      const callbacks = containerCallbacks({ secretsManager, ssm, logs, endpoints })
      const notify = (text: string, taskArn?: string) => {
        onNotice(text)
        ecs?.addRuntimeMessage(text, taskArn)
      }
      runtime = await openRuntime({
        choice: runtimeChoice,
        clock,
        pace,
        engineId,
        callbacks,
        onUnexpectedError,
        onNotice: notify,
      })
      const streamBaseUrl = () => this.#opened?.listeners[0]?.url.replace(/^http/, 'ws')
      ecs = openEcs({
        storage,
        clock,
        ids,
        consistencyDelayMs,
        runtime: runtime.runtime,
        timing: timingAt(pace),
        eventSink: events,
        metricSink: cloudWatch,
        streamBaseUrl,
        decrypt: kms.decrypt,
        ...(sessionsPerTask !== undefined && { sessionsPerTask }),
        onUnexpectedError,
      })
      const ec2 = ec2Service({ network: ecs.network })
      const tagging = taggingService({ ecs, secretsManager, ssm })
      const logsTerms = { iamPrefix: 'logs', throttlingCode: 'ThrottlingException' }
      const cloudWatchTerms = { iamPrefix: 'cloudwatch', throttlingCode: 'ThrottlingException' }
      const ec2Terms = { iamPrefix: 'ec2', throttlingCode: 'RequestLimitExceeded' }
      const withLimits = (service: JsonService, terms: ServiceTerms) =>
        withFaults(throttle === 'aws' ? throttledService(service, clock, terms) : service, this.#faults, clock, terms)
      const json = {
        [ecsTarget]: withLimits(ecs.answer, { iamPrefix: 'ecs', throttlingCode: 'ThrottlingException' }),
        [taggingTarget]: withLimits(tagging, { iamPrefix: 'tag', throttlingCode: 'ThrottledException' }),
        [secretsManagerTarget]: secretsManager.answer,
        [ssmTarget]: ssm.answer,
        [cloudWatchTarget]: withFaults(cloudWatch.answer, this.#faults, clock, cloudWatchTerms),
        [kmsTarget]: kms.answer,
        [logsTarget]: withFaults(logs.answer, this.#faults, clock, logsTerms),
        [eventsTarget]: events.answer,
        [sqsTarget]: sqs.answer,
      }
      this.#opened = {
        ecs,
        endpoints,
        cloudWatch,
        logs,
        sqs,
        engineId,
        runtime,
        answerDeps: {
          storage,
          ids,
          onUnexpectedError,
          json,
          query: {
            [stsVersion]: sts,
            [cloudWatchVersion]: cloudWatch.query,
            [ec2Version]: { ...ec2, call: withFaults(ec2.call, this.#faults, clock, ec2Terms) },
          },
        },
        identity: { accounts: () => registered.accounts, findSession: sts.findSession, clock, verify },
        registered,
        listeners: [],
        taskListeners: [],
        facts,
      }
      await ecs.resume()
    } catch (error) {
      // Closing ECS also closes the runtime.
      await (this.#opened ? this.#opened.ecs.close() : runtime?.runtime.close())
      await this.#opened?.endpoints.close()
      this.#opened = undefined
      logs?.close()
      cloudWatch?.close()
      storage.close()
      throw error
    }
  }

  /** The accounts with their keys. */
  get accounts(): readonly Account[] {
    return this.#openEngine().registered.accounts
  }

  /**
   * Replaces the accounts that have keys of their own. An account that was there before keeps its keys, and a new one
   * gets keys.
   * @throws Error for accounts that `open` would reject. In that case nothing has changed.
   */
  replaceAccounts(given: readonly AccountOptions[]): void {
    const { registered } = this.#openEngine()
    const { data } = this.#options
    registered.accounts = accountsWithKeys(data, given, data === ':memory:' ? registered.accounts : undefined)
  }

  /** The runtime of containers, with a line that describes it for people. */
  get runtime(): { name: RuntimeName; description: string } {
    const { runtime, description } = this.#openEngine().runtime
    return { name: runtime.name, description }
  }

  /**
   * The images on this machine; undefined with simulated containers, which need none.
   * @throws Error when the container runtime does not answer
   */
  async images(): Promise<LocalImage[] | undefined> {
    return this.#openEngine().runtime.runtime.images?.()
  }

  /**
   * Sentences for people about how the containers of a task definition will run here, for the plan of a change.
   * @throws Error when the container runtime does not answer
   */
  previewOf(containers: readonly AwsJson<ContainerDefinition>[]): Promise<string[]> {
    return this.#openEngine().runtime.runtime.previewOf(containers)
  }

  /**
   * Resolves when everything that was acknowledged is on disk.
   * @throws Error when it cannot be written, such as on a full disk.
   */
  durable(): Promise<void> {
    return this.#openEngine().answerDeps.storage.settled()
  }

  /**
   * The value of the label `ecs-api.engine` on this engine's containers. It distinguishes them from containers of other
   * engines.
   */
  get engineId(): string {
    return this.#openEngine().engineId
  }

  /**
   * Returns a request handler for SDK clients in this process: `new ECSClient({ requestHandler })`. All its requests
   * are those of this account, without a check, in the Region of the client.
   */
  requestHandler(accountNumber: string): HttpHandler {
    return inProcessHandler((call) =>
      answer(call, (request) => callerInProcess(accountNumber, request), this.#openEngine().answerDeps),
    )
  }

  /**
   * Listens for the AWS CLI and SDKs in other processes, with AWS's protocols over TCP, until `close`. Port 0 picks a
   * free port.
   * @throws Error when the port is in use, or when the address is not loopback while signatures are not verified.
   */
  async listen({ host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {}): Promise<{ url: string }> {
    const { identity, listeners, ecs } = this.#openEngine()
    if (!identity.verify && !isLoopbackName(host))
      throw new Error(`Signatures are not verified, so the engine listens on loopback only, not on ${host}.`)
    const listener = await listenOn(
      { host, port },
      { ...this.#signedRequests(), findSocketHandler: ecs.findSocketHandler },
    )
    if (listeners.length === 0) storeEndpoint(this.#options.data, listener.url)
    listeners.push(listener)
    return { url: listener.url }
  }

  /**
   * Ends a simulated container as if its process was killed, for tests and demos. Returns false when the container is
   * not running.
   */
  killContainer(taskId: string, container: string, exitCode = 137): boolean {
    return this.#openEngine().runtime.simulated?.kill(taskId, container, exitCode) ?? false
  }

  /** Injects a fault, for tests of clients. It lasts until the returned function is called. */
  inject(fault: InjectedFault): () => void {
    return this.#faults.add(fault)
  }

  /** Waits for requests in progress, stops tasks, writes the pending state and unlocks the data folder. */
  async close(): Promise<void> {
    const { ecs, endpoints, cloudWatch, logs, sqs, answerDeps, listeners, taskListeners, runtime } = this.#openEngine()
    const deadline = performance.now() + CLOSE_TIMEOUT_MS
    sqs.close()
    await waitAtMost(SESSIONS_TIMEOUT_MS, ecs.closeSessions())
    await Promise.all(listeners.map((listener) => listener.close(REQUESTS_TIMEOUT_MS)))
    this.#opened = undefined
    try {
      if (runtime.clear && this.#options.atClose !== 'leave')
        await ecs.stopTasks(deadline - CLOSE_AFTER_TASKS_MS - performance.now())
      // Without a data folder no later start would find the containers.
      if (this.#options.data === ':memory:') await runtime.clear?.()
    } catch (error) {
      const { onUnexpectedError = console.error } = this.#options
      onUnexpectedError(error)
    }
    await ecs.close()
    await endpoints.close()
    await Promise.all(taskListeners.map((listener) => listener.close(REQUESTS_TIMEOUT_MS)))
    deleteEndpoint(this.#options.data)
    logs.close()
    cloudWatch.close()
    answerDeps.storage.close()
  }

  /**
   * Listens for requests of tasks and returns the URL. The URL is in the environment of containers, so a restarted
   * engine listens on the same port if it can.
   */
  async #listenForTasks(host: string): Promise<string> {
    const { taskListeners, facts } = this.#openEngine()
    const portKey = `port at ${host}`
    const deps = this.#signedRequests()
    const listener = await listenOn({ host, port: Number(facts.get(portKey) ?? 0) }, deps).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE' && facts.get(portKey)) return listenOn({ host, port: 0 }, deps)
        throw error
      },
    )
    taskListeners.push(listener)
    facts.set(portKey, new URL(listener.url).port)
    return listener.url
  }

  /** The handlers of a listener whose requests are identified by their signature. */
  #signedRequests(): ListenerDeps {
    const { answerDeps, identity } = this.#openEngine()
    const { onUnexpectedError = console.error } = this.#options
    return {
      answer: (call) => answer(call, (request) => callerBySignature(request, identity), answerDeps),
      admit: (head) => void admit(head, identity),
      reject: (error, head) => rejection(error, head, answerDeps),
      rejectsWebPages: !identity.verify,
      onUnexpectedError,
    }
  }

  #openEngine(): OpenEngine {
    if (!this.#opened) throw new Error('LocalAws is not open')
    return this.#opened
  }
}

/** Waits for the work, but at most `ms`. */
async function waitAtMost(ms: number, work: Promise<void>): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work, timeout])
  clearTimeout(timer)
}

/** The id of the engine, by which it recognizes its own containers. It is created once for a data folder. */
function engineIdIn(facts: Table<string>, ids: Ids): string {
  const id = facts.get('id') ?? ids.hex(12)
  if (!facts.get('id')) facts.set('id', id)
  return id
}

/**
 * Whether a role trusts the caller. If the role's account has an external id, the caller must present it; else the
 * caller must be of the same account. Without verified signatures, all other roles trust every caller.
 */
function trusts(accounts: readonly Account[], verify: boolean, { account, caller, externalId }: TrustCheck): boolean {
  const roleAccount = accounts.find(({ number }) => number === account)
  if (!roleAccount) return !verify
  if (roleAccount.externalId !== undefined) return roleAccount.externalId === externalId
  return !verify || caller === account
}

import type { HttpHandler } from '@smithy/core/protocols'
import { type Account, type AccountOptions, accountsWithKeys, defaultAccount } from './accounts.ts'
import { type Clock, guarded, systemClock } from './clock.ts'
import { containerServices } from './container-services.ts'
import { ec2Service, ec2Version } from './ec2/service.ts'
import { throttled } from './ecs/actions/request-buckets.ts'
import { type TaskEndpoints, taskEndpoints } from './ecs/endpoint/task-endpoints.ts'
import { timingAt } from './ecs/scheduler/timing.ts'
import { type Ecs, ecsTarget, openEcs } from './ecs/service.ts'
import { forgetEndpoint, keepEndpoint } from './endpoint.ts'
import { eventsTarget, openEvents } from './events/service.ts'
import { answer, type FrontDeps, rejection } from './front.ts'
import { admit, callerBySignature, callerInProcess, type IdentityDeps } from './identity.ts'
import { type Ids, randomIds } from './ids.ts'
import { faulty, type InjectedFault, InjectedFaults, type ServiceWords } from './injected-faults.ts'
import { type Logs, logsTarget, openLogs } from './logs/service.ts'
import { type OpenedRuntime, openRuntime, type RuntimeChoice } from './open-runtime.ts'
import type { JsonService } from './protocol/aws-json.ts'
import { isLoopbackName } from './protocol/browser-guard.ts'
import { inProcessHandler } from './protocol/in-process.ts'
import { type Listener, type ListenerDeps, listenOn } from './protocol/server.ts'
import type { RuntimeName } from './runtimes/runtime.ts'
import type { Pace } from './runtimes/simulated.ts'
import { openSecretsManager, secretsManagerTarget } from './secrets-manager/service.ts'
import { openSqs, type Sqs, sqsTarget } from './sqs/service.ts'
import { openSsm, ssmTarget } from './ssm/service.ts'
import { openSealing } from './storage/sealing.ts'
import { openStorage } from './storage/storage.ts'
import type { Table } from './storage/table.ts'
import { stsService, stsVersion, type TrustQuestion } from './sts/service.ts'
import { taggingService, taggingTarget } from './tagging/service.ts'

export interface LocalAwsOptions {
  /** The folder that holds the state, or `:memory:` for none that outlives the process. */
  data: string
  /** The accounts that have keys of their own. Without any there is one, `local`, 000000000000. */
  accounts?: readonly AccountOptions[]
  /** Whether signatures over TCP must be made with those keys. Else any well-formed one will do, and a key of twelve digits is its account's number. */
  verify?: boolean
  /** How late Describe and List are, in milliseconds. ECS is eventually consistent, too. */
  consistencyDelayMs?: number
  /** How fast simulated containers live: `fast` (RUNNING within a second) unless given. */
  pace?: Pace
  /** `aws`: ECS's request buckets count, as AWS documents them. */
  throttle?: 'aws'
  /** What goes wrong on purpose, of ECS's actions, EC2's and the Resource Groups Tagging API's. */
  faults?: readonly InjectedFault[]
  /** What runs the containers: `simulated` unless given. */
  runtime?: RuntimeChoice
  /** What becomes of real containers at `close`: `stop` (at most 8 s; what takes longer is left to the next start), unless given. */
  atClose?: 'stop' | 'leave'
  clock?: Clock
  ids?: Ids
  /** Told of faults of the engine's own; without it they are printed. */
  onFault?: (error: unknown) => void
  /** Told of what a person should know: a container runtime that went away, a limit that the host refused. Without it that is printed. */
  onNotice?: (text: string) => void
}

/** How long the engine may take to close, as documented; what is left after the tasks has the rest. */
const CLOSING_MS = 8_000
const AFTER_TASKS_MS = 1_000
/** How long sessions of ECS Exec may take to end their commands, and then requests to be answered. */
const SESSIONS_MS = 2_000
const REQUESTS_MS = 1_000

interface Opened {
  ecs: Ecs
  endpoints: TaskEndpoints
  logs: Logs
  sqs: Sqs
  engineId: string
  runtime: OpenedRuntime
  front: FrontDeps
  identity: IdentityDeps
  listeners: Listener[]
  /** In the tasks' network, for the containers in it. */
  taskListeners: Listener[]
  /** What the engine remembers of itself. */
  kept: Table<string>
  known: { accounts: readonly Account[] }
}

/**
 * An AWS in a process.
 *
 * @example
 * const aws = new LocalAws({ data: ':memory:' })
 * await aws.open()
 * const ecs = new ECSClient({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, requestHandler: aws.requestHandler('111122223333') })
 */
export class LocalAws {
  readonly #options: LocalAwsOptions
  readonly #faults: InjectedFaults
  #opened: Opened | undefined

  constructor(options: LocalAwsOptions) {
    this.#options = options
    this.#faults = new InjectedFaults(options.faults ?? [])
  }

  /** @throws Error when the data folder is in use by another process, or was written by a newer version. */
  async open(): Promise<void> {
    const {
      data,
      accounts: given = [defaultAccount],
      verify = false,
      consistencyDelayMs = 0,
      pace = 'fast',
    } = this.#options
    const { throttle, ids = randomIds, runtime: choice = 'simulated' } = this.#options
    const { onFault = console.error, onNotice = console.error } = this.#options
    const clock = guarded(this.#options.clock ?? systemClock, onFault)
    let runtime: OpenedRuntime | undefined
    const storage = openStorage(data, { historyMs: consistencyDelayMs, now: clock.now })
    let logs: Logs | undefined
    try {
      const known: Opened['known'] = { accounts: accountsWithKeys(data, given) }
      logs = openLogs({ data, clock, onFault })
      const sts = stsService({ storage, clock, trusts: (asked) => trusts(known.accounts, verify, asked) })
      const sealing = openSealing(data, storage)
      const secretsManager = openSecretsManager({ storage, sealing, clock, ids })
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
        assume: sts.assumeForService,
        ecsStates: () => this.#deps().ecs.ecsStates,
        runtime: () => this.#deps().runtime.runtime,
        listen: (host) => this.#listenForTasks(host),
        onNotice,
        onFault,
      })
      const kept = storage.table<string>('engine')
      const engineId = keptEngineId(kept, ids)
      const services = containerServices({ secretsManager, ssm, logs, endpoints })
      const notice = (text: string, taskArn?: string) => {
        onNotice(text)
        ecs?.notice(text, taskArn)
      }
      runtime = await openRuntime({ choice, clock, pace, engine: engineId, services, onFault, onNotice: notice })
      const streamBase = () => this.#opened?.listeners[0]?.url.replace(/^http/, 'ws')
      ecs = openEcs({
        storage,
        clock,
        ids,
        consistencyDelayMs,
        runtime: runtime.runtime,
        timing: timingAt(pace),
        eventSink: events,
        streamBase,
        onFault,
      })
      const ec2 = ec2Service({ network: ecs.network })
      const tagging = taggingService({ ecs, secretsManager, ssm })
      const ec2Words = { prefix: 'ec2', throttled: 'RequestLimitExceeded' }
      const minded = (service: JsonService, words: ServiceWords) =>
        faulty(throttle === 'aws' ? throttled(service, clock, words) : service, this.#faults, clock, words)
      const json = {
        [ecsTarget]: minded(ecs.answer, { prefix: 'ecs', throttled: 'ThrottlingException' }),
        [taggingTarget]: minded(tagging, { prefix: 'tag', throttled: 'ThrottledException' }),
        [secretsManagerTarget]: secretsManager.answer,
        [ssmTarget]: ssm.answer,
        [logsTarget]: logs.answer,
        [eventsTarget]: events.answer,
        [sqsTarget]: sqs.answer,
      }
      this.#opened = {
        ecs,
        endpoints,
        logs,
        sqs,
        engineId,
        runtime,
        front: {
          storage,
          ids,
          onFault,
          json,
          query: { [stsVersion]: sts, [ec2Version]: { ...ec2, call: faulty(ec2.call, this.#faults, clock, ec2Words) } },
        },
        identity: { accounts: () => known.accounts, session: sts.session, clock, verify },
        known,
        listeners: [],
        taskListeners: [],
        kept,
      }
      await ecs.resume()
    } catch (error) {
      // ECS's own close ends the runtime too.
      await (this.#opened ? this.#opened.ecs.close() : runtime?.runtime.close())
      await this.#opened?.endpoints.close()
      this.#opened = undefined
      logs?.close()
      storage.close()
      throw error
    }
  }

  /** The accounts, with their keys. */
  get accounts(): readonly Account[] {
    return this.#deps().known.accounts
  }

  /**
   * From now on these are the accounts that have keys of their own: those that are there keep theirs, new ones get some, others' are not
   * known any more.
   * @throws Error as `open` does, and then changes nothing
   */
  replaceAccounts(given: readonly AccountOptions[]): void {
    const { known } = this.#deps()
    const { data } = this.#options
    known.accounts = accountsWithKeys(data, given, data === ':memory:' ? known.accounts : undefined)
  }

  /** What runs the containers, and a line that says so. */
  get runtime(): { name: RuntimeName; told: string } {
    const { runtime, told } = this.#deps().runtime
    return { name: runtime.name, told }
  }

  /** Resolves when everything that was acknowledged is on disk. @throws Error where it cannot be written, such as on a full disk */
  durable(): Promise<void> {
    return this.#deps().front.storage.settled()
  }

  /** The label `ecs-api.engine` of its containers, by which it tells them from those of others. */
  get engineId(): string {
    return this.#deps().engineId
  }

  /** For SDK clients in this process: `new ECSClient({ requestHandler })`. Whoever holds it is trusted as that account; the Region is the client's. */
  requestHandler(accountNumber: string): HttpHandler {
    return inProcessHandler((call) =>
      answer(call, (asked) => callerInProcess(accountNumber, asked), this.#deps().front),
    )
  }

  /**
   * For the AWS CLI and SDKs in other processes: AWS's protocols over TCP, until `close`. Port 0 picks a free one.
   * @throws Error when the address is taken, or is not this machine's own (loopback) while signatures are not verified.
   */
  async listen({ host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {}): Promise<{ url: string }> {
    const { identity, listeners, ecs } = this.#deps()
    if (!identity.verify && !isLoopbackName(host))
      throw new Error(`Signatures are not verified, so the engine listens on loopback only, not on ${host}.`)
    const listener = await listenOn({ host, port }, { ...this.#signedRequests(), takeSocket: ecs.takeSocket })
    if (listeners.length === 0) keepEndpoint(this.#options.data, listener.url)
    listeners.push(listener)
    return { url: listener.url }
  }

  /** Ends a simulated container from outside, as a kill of its process would: for tests and demos. False when it is not running. */
  killContainer(taskId: string, container: string, exitCode = 137): boolean {
    return this.#deps().runtime.simulated?.kill(taskId, container, exitCode) ?? false
  }

  /** Makes something go wrong on purpose, until the function that it answers is called: for tests of clients. */
  inject(fault: InjectedFault): () => void {
    return this.#faults.add(fault)
  }

  /** Lets what is under way end, writes what is left, and lets go of the data folder. */
  async close(): Promise<void> {
    const { ecs, endpoints, logs, sqs, front, listeners, taskListeners, runtime } = this.#deps()
    const deadline = performance.now() + CLOSING_MS
    sqs.close()
    await within(SESSIONS_MS, ecs.closeSessions())
    await Promise.all(listeners.map((listener) => listener.close(REQUESTS_MS)))
    this.#opened = undefined
    try {
      if (runtime.clear && this.#options.atClose !== 'leave')
        await ecs.stopTasks(deadline - AFTER_TASKS_MS - performance.now())
      // Nothing would find again what was left.
      if (this.#options.data === ':memory:') await runtime.clear?.()
    } catch (error) {
      const { onFault = console.error } = this.#options
      onFault(error)
    }
    await ecs.close()
    await endpoints.close()
    await Promise.all(taskListeners.map((listener) => listener.close(REQUESTS_MS)))
    forgetEndpoint(this.#options.data)
    logs.close()
    front.storage.close()
  }

  /** A container keeps the address that it was given: an engine that starts again listens on the same port, if it can. */
  async #listenForTasks(host: string): Promise<string> {
    const { taskListeners, kept } = this.#deps()
    const memory = `port at ${host}`
    const deps = this.#signedRequests()
    const listener = await listenOn({ host, port: Number(kept.get(memory) ?? 0) }, deps).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE' && kept.get(memory)) return listenOn({ host, port: 0 }, deps)
        throw error
      },
    )
    taskListeners.push(listener)
    kept.set(memory, new URL(listener.url).port)
    return listener.url
  }

  /** How a listener answers: who sends a request is known from its signature. */
  #signedRequests(): ListenerDeps {
    const { front, identity } = this.#deps()
    const { onFault = console.error } = this.#options
    return {
      answer: (call) => answer(call, (asked) => callerBySignature(asked, identity), front),
      admit: (head) => void admit(head, identity),
      reject: (error, head) => rejection(error, head, front),
      rejectsWebPages: !identity.verify,
      onFault,
    }
  }

  #deps(): Opened {
    if (!this.#opened) throw new Error('LocalAws is not open')
    return this.#opened
  }
}

/** Waits for the work, but no longer than that. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work, late])
  clearTimeout(timer)
}

/** By it an engine knows its own containers among those of others; made once for a data folder. */
function keptEngineId(kept: Table<string>, ids: Ids): string {
  const id = kept.get('id') ?? ids.hex(12)
  if (!kept.get('id')) kept.set('id', id)
  return id
}

/** A role trusts its own account, and other accounts where its account has an external id and they bring it. */
function trusts(
  accounts: readonly Account[],
  verify: boolean,
  { account, caller, externalId }: TrustQuestion,
): boolean {
  const trusting = accounts.find(({ number }) => number === account)
  if (!trusting) return !verify
  if (trusting.externalId !== undefined) return trusting.externalId === externalId
  return !verify || caller === account
}

import type { HttpHandler } from '@smithy/core/protocols'
import { type Account, type AccountOptions, accountsWithKeys, defaultAccount } from './accounts.ts'
import { type Clock, systemClock } from './clock.ts'
import { patienceAt } from './ecs/patience.ts'
import { throttled } from './ecs/request-buckets.ts'
import { type Ecs, ecsTarget, openEcs } from './ecs/service.ts'
import { forgetEndpoint, keepEndpoint } from './endpoint.ts'
import { answer, type FrontParts } from './front.ts'
import { callerBySignature, callerInProcess, type IdentityParts } from './identity.ts'
import { type Ids, randomIds } from './ids.ts'
import { faulty, type InjectedFault } from './injected-faults.ts'
import { type Logs, logsTarget, openLogs } from './logs/service.ts'
import { inProcessHandler } from './protocol/in-process.ts'
import { type Listener, listenOn } from './protocol/server.ts'
import { type Pace, type SimulatedRuntime, simulatedRuntime } from './runtimes/simulated.ts'
import { openSecretsManager, secretsManagerTarget } from './secrets-manager/service.ts'
import { openSsm, ssmTarget } from './ssm/service.ts'
import { openSealing } from './storage/sealing.ts'
import { openStorage } from './storage/storage.ts'
import { stsService, stsVersion } from './sts/service.ts'

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
  /** What goes wrong on purpose, of ECS's actions. */
  faults?: readonly InjectedFault[]
  clock?: Clock
  ids?: Ids
  /** Told of faults of the engine's own; without it they are printed. */
  onFault?: (error: unknown) => void
}

interface Opened {
  ecs: Ecs
  logs: Logs
  runtime: SimulatedRuntime
  front: FrontParts
  identity: IdentityParts
  listeners: Listener[]
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
  #opened: Opened | undefined

  constructor(options: LocalAwsOptions) {
    this.#options = options
  }

  /** @throws Error when the data folder is in use by another process, or was written by a newer version. */
  async open(): Promise<void> {
    const { data, accounts: given = [defaultAccount], verify = false, consistencyDelayMs = 0, pace = 'fast' } = this.#options
    const { throttle, faults = [], clock = systemClock, ids = randomIds, onFault = console.error } = this.#options
    const storage = openStorage(data, { historyMs: consistencyDelayMs, now: clock.now })
    let logs: Logs | undefined
    try {
      const known: Opened['known'] = { accounts: accountsWithKeys(data, given) }
      logs = openLogs({ data, clock, onFault })
      const sealing = openSealing(data, storage)
      const secretsManager = openSecretsManager({ storage, sealing, clock, ids })
      const ssm = openSsm({ storage, sealing, clock })
      const sts = stsService({ storage, clock, trusts: (account, externalId) => trusts(known.accounts, verify, account, externalId) })
      const runtime = simulatedRuntime({ clock, pace })
      const ecs = openEcs({ storage, clock, ids, consistencyDelayMs, runtime, patience: patienceAt(pace), onFault })
      await ecs.resume()
      const json = {
        [ecsTarget]: faulty(throttle === 'aws' ? throttled(ecs.answer, clock) : ecs.answer, faults, clock),
        [secretsManagerTarget]: secretsManager.answer,
        [ssmTarget]: ssm.answer,
        [logsTarget]: logs.answer,
      }
      this.#opened = {
        ecs,
        logs,
        runtime,
        front: { storage, ids, onFault, json, query: { [stsVersion]: sts } },
        identity: { accounts: () => known.accounts, session: sts.session, clock, verify },
        known,
        listeners: [],
      }
    } catch (error) {
      logs?.close()
      storage.close()
      throw error
    }
  }

  /** The accounts, with their keys. */
  get accounts(): readonly Account[] {
    return this.#parts().known.accounts
  }

  /**
   * From now on these are the accounts that have keys of their own: those that are there keep theirs, new ones get some, others' are not
   * known any more.
   * @throws Error as `open` does, and then changes nothing
   */
  replaceAccounts(given: readonly AccountOptions[]): void {
    const { known } = this.#parts()
    const { data } = this.#options
    known.accounts = accountsWithKeys(data, given, data === ':memory:' ? known.accounts : undefined)
  }

  /** For SDK clients in this process: `new ECSClient({ requestHandler })`. Whoever holds it is trusted as that account; the Region is the client's. */
  requestHandler(accountNumber: string): HttpHandler {
    return inProcessHandler((call) => answer(call, (asked) => callerInProcess(accountNumber, asked), this.#parts().front))
  }

  /**
   * For the AWS CLI and SDKs in other processes: AWS's protocols over TCP, until `close`. Port 0 picks a free one.
   * @throws Error when the address is taken, or is not this machine's own (loopback) while signatures are not verified.
   */
  async listen({ host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {}): Promise<{ url: string }> {
    const { front, identity, listeners } = this.#parts()
    if (!identity.verify && !isLoopback(host)) throw new Error(`Signatures are not verified, so the engine listens on loopback only, not on ${host}.`)
    const listener = await listenOn({ host, port }, (call) => answer(call, (asked) => callerBySignature(asked, identity), front))
    if (listeners.length === 0) keepEndpoint(this.#options.data, listener.url)
    listeners.push(listener)
    return { url: listener.url }
  }

  /** Ends a simulated container from outside, as a kill of its process would: for tests and demos. False when it is not running. */
  killContainer(taskId: string, container: string, exitCode = 137): boolean {
    return this.#parts().runtime.kill(taskId, container, exitCode)
  }

  /** Lets what is under way end, writes what is left, and lets go of the data folder. */
  async close(): Promise<void> {
    const { ecs, logs, front, listeners } = this.#parts()
    await Promise.all(listeners.map((listener) => listener.close()))
    this.#opened = undefined
    await ecs.close()
    forgetEndpoint(this.#options.data)
    logs.close()
    front.storage.close()
  }

  #parts(): Opened {
    if (!this.#opened) throw new Error('LocalAws is not open')
    return this.#opened
  }
}

function trusts(accounts: readonly Account[], verify: boolean, number: string, externalId: string | undefined): boolean {
  const account = accounts.find((candidate) => candidate.number === number)
  if (!account) return !verify
  return account.externalId === undefined || account.externalId === externalId
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

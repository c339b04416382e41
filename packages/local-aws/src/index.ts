import type { HttpHandler } from '@smithy/core/protocols'
import { type Clock, systemClock } from './clock.ts'
import { ecsService, ecsTarget } from './ecs/service.ts'
import { answer, type FrontParts } from './front.ts'
import { type Ids, randomIds } from './ids.ts'
import { regionOf } from './protocol/credential-scope.ts'
import type { Call, Caller } from './protocol/exchange.ts'
import { inProcessHandler } from './protocol/in-process.ts'
import { openStorage } from './storage/storage.ts'

export interface LocalAwsOptions {
  /** The folder that holds the state, or `:memory:` for none that outlives the process. */
  data: string
  /** How late Describe and List are, in milliseconds. ECS is eventually consistent, too. */
  consistencyDelayMs?: number
  clock?: Clock
  ids?: Ids
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
  #front: FrontParts | undefined

  constructor(options: LocalAwsOptions) {
    this.#options = options
  }

  /** @throws Error when the data folder is in use by another process, or was written by a newer version. */
  async open(): Promise<void> {
    const { data, consistencyDelayMs = 0, clock = systemClock, ids = randomIds } = this.#options
    const storage = openStorage(data, { historyMs: consistencyDelayMs, now: clock.now })
    this.#front = { storage, ids, services: { [ecsTarget]: ecsService({ storage, clock, ids, consistencyDelayMs }) } }
  }

  /** For SDK clients in this process: `new ECSClient({ requestHandler })`. Whoever holds it is trusted as that account; the Region is the client's. */
  requestHandler(accountNumber: string): HttpHandler {
    return inProcessHandler((call) => answer(call, (asked) => inProcessCaller(accountNumber, asked), this.#opened()))
  }

  async close(): Promise<void> {
    const { storage } = this.#opened()
    this.#front = undefined
    storage.close()
  }

  #opened(): FrontParts {
    if (!this.#front) throw new Error('LocalAws is not open')
    return this.#front
  }
}

function inProcessCaller(account: string, call: Call): Caller {
  return { account, region: regionOf(call) ?? 'us-east-1', arn: `arn:aws:iam::${account}:root`, userId: account }
}

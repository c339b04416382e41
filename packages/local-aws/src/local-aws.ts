/** The engine as a class. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { HttpHandler } from '@smithy/core/protocols'
import { type Account, type AccountOptions, accountsWithKeys } from './accounts.ts'
import { storeEndpoint } from './endpoint.ts'
import { callerInProcess } from './identity.ts'
import { type InjectedFault, InjectedFaults } from './injected-faults.ts'
import { createSignedListenerDeps } from './listeners.ts'
import { type OpenEngine, openEngine, REQUESTS_TIMEOUT_MS } from './open-engine.ts'
import type { LocalAwsOptions } from './options.ts'
import { isLoopbackName } from './protocol/browser-guard.ts'
import { createInProcessHandler } from './protocol/in-process.ts'
import { openListener } from './protocol/server.ts'
import { respondTo } from './respond-to.ts'
import type { LocalImage, RuntimeName } from './runtimes/runtime.ts'

/** The documented time that `close` may take. The last second of it is for everything after the stop of tasks. */
const CLOSE_TIMEOUT_MS = 8_000
const CLOSE_AFTER_TASKS_MS = 1_000
/** How long `close` waits for the commands of ECS Exec sessions. */
const SESSIONS_TIMEOUT_MS = 2_000

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
    this.#opened = await openEngine(this.#options, this.#faults)
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
  async listImages(): Promise<LocalImage[] | undefined> {
    return this.#openEngine().runtime.runtime.listImages?.()
  }

  /**
   * Sentences for a plan (a change that is shown before it is made): what the runtime will do with the containers of a
   * task definition that a user may not expect.
   * @throws Error when the container runtime does not answer
   */
  previewOf(containers: readonly AwsJson<ContainerDefinition>[]): Promise<string[]> {
    return this.#openEngine().runtime.runtime.previewOf(containers)
  }

  /**
   * Resolves when everything that was acknowledged is on disk.
   * @throws Error when it cannot be written, such as on a full disk.
   */
  whenDurable(): Promise<void> {
    return this.#openEngine().respondDeps.storage.whenDurable()
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
    return createInProcessHandler((call) =>
      respondTo(call, (request) => callerInProcess(accountNumber, request), this.#openEngine().respondDeps),
    )
  }

  /**
   * Listens for the AWS CLI and SDKs in other processes, with AWS's protocols over TCP, until `close`. Port 0 picks a
   * free port.
   * @throws Error when the port is in use, or when the address is not loopback while signatures are not verified.
   */
  async listen({ host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {}): Promise<{ url: string }> {
    const { respondDeps, identity, listeners, ecs } = this.#openEngine()
    if (!identity.verifySignatures && !isLoopbackName(host))
      throw new Error(`Signatures are not verified, so the engine listens on loopback only, not on ${host}.`)
    const listener = await openListener(
      { host, port },
      { ...createSignedListenerDeps({ respondDeps, identity }), findSocketHandler: ecs.findSocketHandler },
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

  /** Waits for requests in progress, stops tasks, writes pending changes and unlocks the data folder. */
  async close(): Promise<void> {
    const { ecs, sqs, listeners, runtime, closing } = this.#openEngine()
    const deadline = performance.now() + CLOSE_TIMEOUT_MS
    // Ends the polls that wait for messages.
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
    await closing.disposeAsync()
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

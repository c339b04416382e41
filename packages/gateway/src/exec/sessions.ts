/**
 * The sessions in containers: those that wait for their WebSocket, and those that are open in this process. A session is
 * a row in the store from its request to its end, so any process can end one whose process has died.
 *
 * An open session ends within a second after its token has become invalid or has lost the permission, its account has
 * left the configuration, or a limit of its time is reached.
 */
import type { WebSocket } from 'ws'
import type { AuditLog } from '../access/audit.ts'
import type { Account } from '../aws/account.ts'
import { Upgrade } from '../http/answer.ts'
import { type Caller, checkPermission } from '../http/caller.ts'
import { Forbidden, NotFound, Problem, Unauthorized, Unavailable } from '../problems/problem.ts'
import {
  type ExecSessionRow,
  offerSession,
  removeSession,
  sessionsToCheck,
  sessionWithKey,
  takeSession,
  takeUrl,
} from '../store/exec-records.ts'
import type { Store } from '../store/store.ts'
import { getTask } from '../tasks/get.ts'
import type { TerminalSize } from './channel/channel.ts'
import type { StreamAddress } from './channel/connection.ts'
import { openRecording, type Recording, removeOldRecordings } from './recording.ts'
import { generateSessionKey } from './session-key.ts'
import { newUrlSecret, urlHash, urlSeal } from './session-url.ts'
import type { StartedSession } from './start.ts'
import type { ExecTarget } from './target.ts'
import { Terminal, type TerminalEnd } from './terminal.ts'
import { resumeSession, terminateSession } from './terminate.ts'

export interface ExecSessionsDeps {
  store: Store
  findAccount: (name: string) => Account | undefined
  allAccounts: () => readonly Account[]
  /** The caller with its present rights; undefined when its token is not valid any more. */
  currentCaller: (credential: object) => Promise<Caller | undefined>
  /** Whether another process is alive. */
  isAlive: (process: string) => Promise<boolean>
  audit: AuditLog
  onNotice: (text: string) => void
  onUnexpectedError: (error: unknown) => void
}

/** What a connection needs; the store has it encrypted with a key that only the URL has. */
interface Offered {
  id: string
  sessionId: string
  address: StreamAddress
  account: string
  cluster: string
  task: string
  container: string
  /** As Systems Manager names it. */
  targetId: string
  family: string
  size: TerminalSize
  credential: object
  /** The page that requested the session. */
  origin: string | undefined
}

export interface ConnectionRequest {
  requestId: string
  source: string
  origin: string | undefined
}

interface Open {
  terminal: Terminal
  offered: Offered
}

const connectSeconds = 60
const checkEveryMs = 1_000
const sweepEveryMs = 5_000
const tidyEveryMs = 3_600_000
/** How long the end of this process waits for AWS to end its sessions. */
const closeMs = 3_000

export class ExecSessions {
  readonly #deps: ExecSessionsDeps
  /** By id. */
  readonly #open = new Map<string, Open>()
  /** Ends of sessions that are under way. */
  readonly #ending = new Set<Promise<void>>()
  readonly #timers: NodeJS.Timeout[] = []
  #isClosed = false
  #isSweeping = false

  constructor(deps: ExecSessionsDeps) {
    this.#deps = deps
  }

  get store(): Store {
    return this.#deps.store
  }

  /** Begins to end abandoned sessions, and to remove old recordings. */
  start(): void {
    const every = (ms: number, work: () => Promise<void>) => {
      this.#timers.push(setInterval(() => void work().catch(this.#deps.onUnexpectedError), ms).unref())
    }
    every(checkEveryMs, () => this.recheck())
    every(sweepEveryMs, () => this.#sweep())
    every(tidyEveryMs, () => this.#tidy())
  }

  /** @throws Unavailable `ShuttingDown` */
  requireOpen(): void {
    if (this.#isClosed)
      throw new Unavailable('ShuttingDown', 'This process is shutting down.', { retryAfterSeconds: 1 })
  }

  /** Offers a started session to one WebSocket. @returns the path of its URL below the base path, and its end */
  async offer(
    { id, sessionId, address }: StartedSession,
    { account, cluster, task, container, targetId, family }: ExecTarget,
    { size, caller, origin }: { size: TerminalSize; caller: Caller; origin: string | undefined },
  ): Promise<{ path: string; expiresAt: string }> {
    const secret = newUrlSecret()
    const { credential = {} } = caller
    const offered: Offered = {
      ...{ id, sessionId, address, account: account.name, cluster, task, container, targetId, family, size },
      credential,
      origin,
    }
    const content = urlSeal(secret).close(Buffer.from(JSON.stringify(offered)))
    try {
      const expiresAt = await offerSession(this.store, { hash: urlHash(secret), session: id, content }, connectSeconds)
      return { path: `/exec/${secret}`, expiresAt }
    } catch (error) {
      await this.end({ id, session_id: sessionId, account: account.name })
      throw error
    }
  }

  /** Ends the session that the caller opened under the same key, wherever it is. */
  async endFirst(account: Account, caller: Caller, keyHash: string): Promise<void> {
    const row = await sessionWithKey(this.store, { account: account.name, caller: caller.keyOwner, key_hash: keyHash })
    if (!row) return
    const open = this.#open.get(row.id)
    if (open) open.terminal.end('Replaced', 'Another session was opened under the same Idempotency-Key.')
    await this.end(row)
  }

  /**
   * Redeems a URL.
   * @throws NotFound `ExecSessionNotFound`: unknown, used, too old
   * @throws Forbidden `OriginNotAllowed`, `PermissionMissing`, `OutsideFence`; Unauthorized for a token that ended
   */
  async connect(secret: string, request: ConnectionRequest): Promise<Upgrade> {
    this.requireOpen()
    const row = await takeUrl(this.store, urlHash(secret))
    const content = row && urlSeal(secret).open(row.content)
    if (!row || !content) throw notFound()
    const offered = JSON.parse(String(content)) as Offered
    try {
      const { account, caller } = await this.#admit(offered, request.origin)
      if (!(await takeSession(this.store, offered.id))) throw notFound()
      return await this.#prepare(offered, account, caller, request)
    } catch (error) {
      await this.end({ id: offered.id, session_id: offered.sessionId, account: offered.account })
      throw error
    }
  }

  async #admit(offered: Offered, origin: string | undefined): Promise<{ account: Account; caller: Caller }> {
    if (origin !== offered.origin) {
      throw new Forbidden('OriginNotAllowed', 'The page that connects is not the one that requested the session.')
    }
    const account = this.#deps.findAccount(offered.account)
    if (!account) throw notFound()
    const caller = await this.#deps.currentCaller(offered.credential)
    if (!caller) throw new Unauthorized('Unauthorized', 'The token that requested the session is no longer valid.')
    requireRights(caller, offered)
    return { account, caller }
  }

  async #prepare(
    offered: Offered,
    account: Account,
    caller: Caller,
    { requestId, source }: ConnectionRequest,
  ): Promise<Upgrade> {
    const { id, cluster, task, container } = offered
    const recording = await this.record(offered, account, caller, offered.size)
    const entry = await this.#deps.audit.begin({
      ...{ requestId, source, caller: caller.name, role: caller.role, account: account.name, cluster },
      action: 'GET /v1/ecs/exec/:session',
      path: '/v1/ecs/exec/(hidden)',
      query: {},
      body: { session: id, task, container },
    })
    const startedAt = performance.now()
    const onEnd = ({ reason, bytesIn, bytesOut, isEndedByAws }: TerminalEnd) => {
      this.#open.delete(id)
      const outcome = { reason, bytesIn, bytesOut, seconds: Math.round((performance.now() - startedAt) / 1000) }
      this.#track(
        this.end({ id, session_id: isEndedByAws ? '' : offered.sessionId, account: account.name }),
        this.#deps.audit.finish(entry, { status: 101, code: undefined, awsRequestIds: [], outcome }),
      )
    }
    return new Upgrade(
      (socket) => this.#begin(socket, offered, account, recording, onEnd),
      () => {
        recording?.end()
        onEnd({ reason: 'ClientGone', bytesIn: 0, bytesOut: 0, isEndedByAws: false })
      },
    )
  }

  /**
   * Begins the recording of a session, where its account's sessions are recorded.
   * @throws Unavailable `RecordingFailed`
   */
  async record(
    { id, task, container }: Pick<Offered, 'id' | 'task' | 'container'>,
    account: Account,
    caller: Caller,
    size: TerminalSize,
  ): Promise<Recording | undefined> {
    const { recordings } = account.exec
    if (recordings === undefined) return undefined
    try {
      return await openRecording(recordings, { id, size, title: `${account.name} ${task} ${container} ${caller.name}` })
    } catch (error) {
      this.#deps.onNotice(`a recording cannot be written to ${recordings}: ${String(error)}`)
      throw new Unavailable('RecordingFailed', 'Sessions of this account are recorded, and this one cannot be.', {
        retryAfterSeconds: 60,
      })
    }
  }

  #begin(
    socket: WebSocket,
    offered: Offered,
    account: Account,
    recording: Recording | undefined,
    onEnd: (end: TerminalEnd) => void,
  ): void {
    const { id, sessionId, address, cluster, task, targetId, size } = offered
    const { idleMinutes, maxMinutes } = account.exec
    const terminal = new Terminal({
      socket,
      connection: {
        address,
        size,
        agents: account.agents,
        resume: () => resumeSession(account, sessionId),
        generateKey: (request) => generateSessionKey(account, { sessionId, targetId }, request),
      },
      idleMs: idleMinutes * 60_000,
      maxMs: maxMinutes * 60_000,
      recording,
      isTaskRunning: async () => (await getTask(account, cluster, task)).lastStatus === 'RUNNING',
      onEnd,
    })
    this.#open.set(id, { terminal, offered })
    terminal.open()
    if (this.#isClosed) terminal.end('ShuttingDown', shuttingDown)
  }

  /** Ends the open sessions that may not go on: by token, account and time. */
  async recheck(): Promise<void> {
    for (const { terminal, offered } of [...this.#open.values()]) {
      terminal.checkTime()
      try {
        if (await this.#mayGoOn(offered)) continue
      } catch {
        // A token that cannot be checked now is checked a second later.
        continue
      }
      terminal.end('TokenInvalid', 'The token of this session is no longer valid for it.')
    }
  }

  async #mayGoOn(offered: Offered): Promise<boolean> {
    const caller = await this.#deps.currentCaller(offered.credential)
    if (!caller || !this.#deps.findAccount(offered.account)) return false
    try {
      requireRights(caller, offered)
      return true
    } catch {
      return false
    }
  }

  /** Removes a session's row, after AWS was asked to end it. */
  async end({ id, session_id, account: name }: Pick<ExecSessionRow, 'id' | 'session_id' | 'account'>): Promise<void> {
    const account = this.#deps.findAccount(name)
    if (account && session_id !== '') {
      await terminateSession(account, session_id).catch((error: unknown) => {
        const reason = error instanceof Problem ? error.detail : String(error)
        this.#deps.onNotice(`the session ${session_id} of account ${name} could not be ended: ${reason}`)
      })
    }
    await removeSession(this.store, id).catch(this.#deps.onUnexpectedError)
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return
    this.#isSweeping = true
    try {
      for (const row of await sessionsToCheck(this.store))
        if (row.owner === null || !(await this.#deps.isAlive(row.owner))) await this.end(row)
    } finally {
      this.#isSweeping = false
    }
  }

  async #tidy(): Promise<void> {
    for (const { exec } of this.#deps.allAccounts())
      if (exec.recordings !== undefined) await removeOldRecordings(exec.recordings, exec.recordingDays)
  }

  #track(...work: Promise<void>[]): void {
    const ending = Promise.all(work).then(
      () => {},
      (error: unknown) => this.#deps.onUnexpectedError(error),
    )
    this.#ending.add(ending)
    ending.finally(() => this.#ending.delete(ending))
  }

  /** Ends all sessions of this process, and waits for AWS a little. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const { terminal } of [...this.#open.values()]) terminal.end('ShuttingDown', shuttingDown)
    const { promise: timeUp, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, closeMs)
    await Promise.race([Promise.all(this.#ending), timeUp])
    clearTimeout(timer)
  }
}

const shuttingDown = 'This process is shutting down.'

/** @throws Forbidden */
function requireRights(caller: Caller, { account, cluster, family }: Offered): void {
  checkPermission(caller, {
    permission: 'exec',
    account,
    cluster,
    taskDefinition: family,
    concernsAllClusters: false,
  })
}

function notFound(): NotFound {
  return new NotFound('ExecSessionNotFound', 'No session waits at this URL.', {
    next: 'A URL is good for one connection within 60 s. POST …/exec makes another.',
  })
}

/** The parts of the program that several folders share, and the values that most of them are opened with. */
import type { AuditLog } from '../access/audit.ts'
import type { BrowserSessions, SessionMessage } from '../access/browser-sessions.ts'
import type { FencedCaller } from '../access/caller.ts'
import type { OidcSignIn } from '../access/oidc-sign-in.ts'
import type { TokenMessage, Tokens } from '../access/tokens.ts'
import type { Account } from '../aws/account.ts'
import type { Accounts } from '../aws/accounts.ts'
import type { FinishedCall } from '../aws/calls/pipeline.ts'
import type { Cache } from '../cache/cache.ts'
import type { PeerMessage } from '../cache/peer-messages.ts'
import type { AwsSettings, LocalSettings, Settings } from '../config/settings.ts'
import type { EventFeeds } from '../events/event-feeds.ts'
import type { ExecSessions } from '../exec/sessions.ts'
import type { History } from '../history/history.ts'
import type { ReleaseLog } from '../history/release-log.ts'
import type { RequestLine } from '../http/request-line.ts'
import type { Server } from '../http/server.ts'
import type { Peers } from '../peers/peers.ts'
import type { EmbeddedEngine } from '../process/embedded-engine.ts'
import type { AuditedOutcomes } from '../releases/audited-outcomes.ts'
import type { Processes } from '../store/processes.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'

export interface ProgramDeps {
  adminToken: string
  /** Called with the log line of each answered request. */
  onAnswered: (line: RequestLine) => void
  /** Called with each bug of this program, and with the id of the request that it occurred in, if any. */
  onBug: (error: unknown, requestId?: string) => void
  /** Called with each entry of the audit log when its change is over. */
  onAudited: Log['logAuditEntry']
  /** Called with each message for the operator that does not belong to one request. */
  onNotice: (text: string) => void
  /** Called with each finished call to AWS, also with those outside of requests. */
  onAwsCall?: (call: FinishedCall) => void
  /** Exports traces. It is closed with the program. */
  tracing?: Tracing | undefined
}

/** The parts that need no other part, and other values that most functions of this folder need. */
export interface CompositionContext {
  store: Store
  metrics: Metrics
  engine: EmbeddedEngine
  settings: Settings
  programDeps: ProgramDeps
  now: () => number
  /** The clock for the age of stored data. Unlike `now`, it does not follow a system clock that jumps forward. */
  ageingNow: () => number
  onUnexpectedError: (error: unknown, requestId?: string) => void
}

type Authenticate = (token: string) => FencedCaller | undefined | Promise<FencedCaller | undefined>

/** The parts that authenticate callers. */
export interface SignInParts {
  /** Accepts the tokens of the gateway and, where an identity provider is configured, the tokens that it issues. */
  authenticate: Authenticate
  sessions: BrowserSessions
  /** Undefined where browsers cannot sign in with an identity provider. */
  oidc: OidcSignIn | undefined
}

/** The parts that are built on those of `CompositionContext`. */
export interface Parts {
  /** The register of the processes on the store. */
  processes: Processes
  /** The connection to the other processes on one PostgreSQL; undefined on SQLite, which only one process can use. */
  peerProcesses: Peers<PeerMessage | TokenMessage | SessionMessage> | undefined
  tokens: Tokens
  signIn: SignInParts
  history: History
  releaseLog: ReleaseLog
  cache: Cache
  accounts: Accounts<AwsSettings | LocalSettings>
  feeds: EventFeeds
  audit: AuditLog
  auditedOutcomes: AuditedOutcomes
  execSessions: ExecSessions
  server: Server<Account>
}

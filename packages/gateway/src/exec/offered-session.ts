/**
 * A session that waits for its WebSocket. Only the session's URL opens it: the store has the hash of the URL, and the
 * data for the connection is encrypted with a key derived from the URL.
 */
import { type Caller, checkPermission } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { offerExecSession, takeExecUrl } from '../store/exec-records.ts'
import type { Store } from '../store/store.ts'
import type { TerminalSize } from './channel/channel.ts'
import type { StreamAddress } from './channel/connection.ts'
import { newUrlSecret, urlCipher, urlHash } from './session-url.ts'

/** A session that waits for a connection. */
export interface OfferedSession {
  /** The id in the API. */
  id: string
  /** AWS's id. */
  sessionId: string
  address: StreamAddress
  account: string
  cluster: string
  task: string
  container: string
  /** The id of the container for Systems Manager: `ecs:CLUSTER_TASK_RUNTIMEID`. */
  targetId: string
  family: string
  size: TerminalSize
  /** The credential of the caller, whose rights are checked again when a client connects, and while it is connected. */
  credential: object
  /** The origin of the page that requested the session; undefined when no page did. */
  origin: string | undefined
}

const connectSeconds = 60

/**
 * Offers a session to one connection at any process.
 * @returns the path of the session's URL below the base path, and the time until which it is valid
 * @throws Conflict `OutcomeUnknown` when a later request with the same key has ended the session
 */
export async function offerTerminal(
  store: Store,
  offered: OfferedSession,
): Promise<{ path: string; expiresAt: string }> {
  const secret = newUrlSecret()
  const content = urlCipher(secret).encrypt(Buffer.from(JSON.stringify(offered)))
  const url = { hash: urlHash(secret), session: offered.id, content }
  const expiresAt = await offerExecSession(store, url, connectSeconds)
  if (expiresAt !== undefined) return { path: `/exec/${secret}`, expiresAt }
  throw new Conflict('OutcomeUnknown', 'A later request with the same Idempotency-Key has ended this session.', {
    next: 'Use the session of that request.',
  })
}

/** Redeems a URL for one connection. Undefined when the URL is unknown, was redeemed before, or is too old. */
export async function redeemTerminalUrl(store: Store, secret: string): Promise<OfferedSession | undefined> {
  const row = await takeExecUrl(store, urlHash(secret))
  const content = row && urlCipher(secret).decrypt(row.content)
  return content ? (JSON.parse(String(content)) as OfferedSession) : undefined
}

/** @throws Forbidden `PermissionMissing`, `OutsideFence` */
export function requireExecRights(
  caller: Caller,
  { account, cluster, family }: Pick<OfferedSession, 'account' | 'cluster' | 'family'>,
): void {
  checkPermission(caller, {
    permission: 'exec',
    account,
    cluster,
    taskDefinition: family,
    concernsAllClusters: false,
  })
}

/**
 * A session that waits for its WebSocket. The URL is the only key to it: the store has the URL's hash, and what a
 * connection needs encrypted with a key that only the URL has.
 */
import { type Caller, checkPermission } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { offerSession, takeUrl } from '../store/exec-records.ts'
import type { Store } from '../store/store.ts'
import type { TerminalSize } from './channel/channel.ts'
import type { StreamAddress } from './channel/connection.ts'
import { newUrlSecret, urlHash, urlSeal } from './session-url.ts'

/** A session that waits for a connection. */
export interface Offered {
  /** The id in the API. */
  id: string
  /** AWS's id. */
  sessionId: string
  address: StreamAddress
  account: string
  cluster: string
  task: string
  container: string
  /** The container as Systems Manager names it. */
  targetId: string
  family: string
  size: TerminalSize
  credential: object
  /** The page that requested the session. */
  origin: string | undefined
}

const connectSeconds = 60

/**
 * Offers a session to one connection at any process.
 * @returns the path of its URL below the base path, and its end
 * @throws Conflict `OutcomeUnknown` when the session was ended meanwhile
 */
export async function offerTerminal(store: Store, offered: Offered): Promise<{ path: string; expiresAt: string }> {
  const secret = newUrlSecret()
  const content = urlSeal(secret).close(Buffer.from(JSON.stringify(offered)))
  const url = { hash: urlHash(secret), session: offered.id, content }
  const expiresAt = await offerSession(store, url, connectSeconds)
  if (expiresAt !== undefined) return { path: `/exec/${secret}`, expiresAt }
  throw new Conflict('OutcomeUnknown', 'A later request with the same Idempotency-Key has ended this session.', {
    next: 'Use the session of that request.',
  })
}

/** Redeems a URL: of all its connections, one gets the session. Undefined when it is unknown, used or too old. */
export async function redeemUrl(store: Store, secret: string): Promise<Offered | undefined> {
  const row = await takeUrl(store, urlHash(secret))
  const content = row && urlSeal(secret).open(row.content)
  return content ? (JSON.parse(String(content)) as Offered) : undefined
}

/** @throws Forbidden `PermissionMissing`, `OutsideFence` */
export function requireRights(
  caller: Caller,
  { account, cluster, family }: Pick<Offered, 'account' | 'cluster' | 'family'>,
): void {
  checkPermission(caller, {
    permission: 'exec',
    account,
    cluster,
    taskDefinition: family,
    concernsAllClusters: false,
  })
}

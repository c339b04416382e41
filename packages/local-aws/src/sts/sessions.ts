/** Sessions of AssumeRole: the temporary credentials with their identity and expiration. */
import { randomBytes } from 'node:crypto'
import { type AccessKey, newAccessKey } from '../access-keys.ts'
import type { Storage } from '../storage/storage.ts'
import type { Table } from '../storage/table.ts'

export interface Session extends AccessKey {
  sessionToken: string
  account: string
  arn: string
  userId: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** How long an expired session is stored. Its use then gets the error ExpiredToken, not that of an unknown key. */
const EXPIRED_KEPT_MS = 86_400_000

export type Sessions = Table<Session>

export function openSessions(storage: Storage): Sessions {
  return storage.table<Session>('sts/sessions')
}

/** Stores a session with new credentials, and deletes sessions that expired long ago. */
export function startStsSession(
  sessions: Sessions,
  identity: Pick<Session, 'account' | 'arn' | 'userId' | 'expiresAt'>,
  now: number,
): Session {
  for (const { accessKeyId, expiresAt } of [...sessions.values()])
    if (expiresAt < now - EXPIRED_KEPT_MS) sessions.delete(accessKeyId)
  const session: Session = {
    ...identity,
    ...newAccessKey('ASIA'),
    sessionToken: randomBytes(96).toString('base64'),
  }
  sessions.set(session.accessKeyId, session)
  return session
}

/**
 * The HTTP server without the gateway's routes, for tests of its conventions: an admin with the token `good`, a store
 * in memory, no rate limits.
 */

import { after } from 'node:test'
import { AuditLog } from '../access/audit.ts'
import { newCaller } from '../access/caller.ts'
import { defaultLimits } from '../config/limits.ts'
import { IdempotencyKeys } from '../http/idempotency.ts'
import { createServer, type Server } from '../http/server.ts'
import type { ServerDeps } from '../http/server-deps.ts'
import { openStore } from '../store/store.ts'

type TestServerDeps<Account> = Pick<ServerDeps<Account>, 'findAccount' | 'accountNames' | 'onAnswered' | 'onBug'> &
  Partial<Pick<ServerDeps<Account>, 'rejectForeignArns'>>

export const unlimitedHttp = {
  rateLimit: { requests: 1_000_000, seconds: 1 },
  limits: {
    ...defaultLimits,
    streamsPerToken: 10_000,
    changesPerToken: 10_000,
    publicRequests: 1_000_000,
    failedLogins: 1_000_000,
  },
  cors: undefined,
  tls: undefined,
  trustProxy: [],
}

export async function startTestServer<Account>(
  deps: TestServerDeps<Account>,
  settings: typeof unlimitedHttp = unlimitedHttp,
): Promise<Server<Account>> {
  const now = Date.now
  const store = await openStore({ url: undefined, key: undefined, data: ':memory:' })
  after(() => store.close())
  const admin = newCaller(
    'admin',
    'admin',
    { accounts: ['*'], clusters: ['*'], taskDefinitions: ['*'] },
    { credential: { kind: 'admin' } },
  )
  const cachedCaller = (token: string) => (token === 'good' ? admin : undefined)
  const onUnexpectedError = (error: unknown) => deps.onBug(error, 'of no request')
  const parts = {
    rejectForeignArns: () => undefined,
    ...deps,
    authenticate: cachedCaller,
    cachedCaller,
    authenticateSession: async () => undefined,
    onTokensChanged: () => {},
    audit: new AuditLog({
      store,
      keptDays: 1,
      rejectionsPerMinute: 1000,
      ageingNow: now,
      now,
      onEntry: () => {},
      onUnexpectedError,
    }),
    idempotencyKeys: new IdempotencyKeys({ store, isAlive: async () => true, keptMiB: 64, now, onUnexpectedError }),
  }
  return createServer<Account>(parts, settings)
}

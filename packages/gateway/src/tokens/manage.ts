/** Creates, rotates and revokes tokens. An admin whose token has a fence can manage only tokens within that fence. */
import { allNames, isFenced, isFenceWithin } from '../access/fence.ts'
import { newTokenValue } from '../access/token-value.ts'
import { adminTokenName, fenceOf, type Tokens } from '../access/tokens.ts'
import type { Caller } from '../http/caller.ts'
import { BadRequest, Conflict, Forbidden, NotFound, Unavailable } from '../problems/problem.ts'
import { writeEvenWhenFull } from '../store/disk-reserve.ts'
import type { Store } from '../store/store.ts'
import {
  addToken,
  findTokenByName,
  listTokenRows,
  removeToken,
  replaceToken,
  type TokenRow,
} from '../store/token-records.ts'
import { isStoreUnavailable } from '../store/unavailable.ts'
import type { NewToken } from './schema.ts'

export interface TokenDeps {
  store: Store
  tokens: Tokens
  /** Milliseconds since 1970. */
  now: () => number
}

export interface TokenWithValue {
  row: TokenRow
  value: string
}

/** Returns the tokens within the caller's fence, sorted by name. */
export async function listTokensWithinFence({ store }: TokenDeps, caller: Caller): Promise<TokenRow[]> {
  return (await listTokenRows(store)).filter((row) => isFenceWithin(fenceOf(row), caller.fence))
}

/** @throws NotFound `TokenNotFound`, also for a token outside of the caller's fence */
export async function getTokenWithinFence({ store }: TokenDeps, caller: Caller, name: string): Promise<TokenRow> {
  const row = await findTokenByName(store, name)
  if (row && isFenceWithin(fenceOf(row), caller.fence)) return row
  throw new NotFound('TokenNotFound', `There is no token named ${name}.`, {
    next: 'GET /v1/ecs/tokens lists the tokens.',
  })
}

/**
 * @throws Conflict `TokenAlreadyExists`
 * @throws Forbidden `OutsideFence` when the new token's fence is not within the caller's
 */
export async function createToken(deps: TokenDeps, caller: Caller, input: NewToken): Promise<TokenWithValue> {
  const {
    name,
    role,
    permissions = [],
    accounts = allNames,
    clusters = allNames,
    taskDefinitions = allNames,
    expiresAt,
  } = input
  const { fence } = caller
  if (!isFenceWithin({ accounts, clusters, taskDefinitions }, fence)) {
    throw new Forbidden('OutsideFence', 'The new token would allow more than the token that creates it.', {
      next:
        `Use accounts within ${fence.accounts.join(', ')}, clusters within ${fence.clusters.join(', ')} ` +
        `and families within ${fence.taskDefinitions.join(', ')}.`,
    })
  }
  const { id, value, hash } = newTokenValue()
  const row: TokenRow = {
    id,
    name,
    hash,
    role,
    accounts: isFenced(accounts) ? JSON.stringify(accounts) : null,
    clusters: isFenced(clusters) ? JSON.stringify(clusters) : null,
    permissions: permissions.length > 0 ? JSON.stringify(permissions) : null,
    task_definitions: isFenced(taskDefinitions) ? JSON.stringify(taskDefinitions) : null,
    created_at: new Date(deps.now()).toISOString(),
    created_by: caller.name,
    expires_at: requireFutureTime(expiresAt, deps.now()),
    last_used_at: null,
  }
  if (name === adminTokenName || !(await addToken(deps.store, row))) {
    const existing = name === adminTokenName ? undefined : await findTokenByName(deps.store, name)
    const mayRotate = existing !== undefined && isFenceWithin(fenceOf(existing), caller.fence)
    throw new Conflict('TokenAlreadyExists', `The name ${name} is already in use.`, {
      next: mayRotate ? `POST /v1/ecs/tokens/${name}/rotate gives that token a new value.` : 'Use another name.',
    })
  }
  return { row, value }
}

/** Gives a token a new value; the old value is rejected from now on. @throws NotFound `TokenNotFound` */
export async function rotateToken(
  deps: TokenDeps,
  caller: Caller,
  name: string,
  { expiresAt }: { expiresAt?: string },
): Promise<TokenWithValue> {
  const before = await getTokenWithinFence(deps, caller, name)
  const { id, value, hash } = newTokenValue()
  // An unchanged expiry must be in the future, too: a value that has already expired would be useless.
  const newValue = { id, hash, expires_at: requireFutureTime(expiresAt ?? before.expires_at ?? undefined, deps.now()) }
  // When another request has rotated the token meanwhile, this one rotates its new value.
  if (!(await replaceToken(deps.store, before.id, newValue))) return rotateToken(deps, caller, name, { expiresAt })
  deps.tokens.invalidate(before.id)
  return { row: { ...before, ...newValue, last_used_at: null }, value }
}

/**
 * Removes a token, which is rejected from now on.
 * @returns the removed token
 * @throws NotFound `TokenNotFound`
 */
export async function revokeToken(deps: TokenDeps, caller: Caller, name: string): Promise<TokenRow> {
  const row = await getTokenWithinFence(deps, caller, name)
  try {
    // When another request has rotated the token meanwhile, its new value must be revoked.
    if (!(await writeEvenWhenFull(deps.store, () => removeToken(deps.store, row.id))))
      return revokeToken(deps, caller, name)
  } catch (error) {
    if (!isStoreUnavailable(error)) throw error
    deps.tokens.reject(row.id)
    throw new Unavailable(
      'StoreUnavailable',
      'The store could not remove the token. The processes that run now reject it until they end.',
      {
        ...error.options,
        next: 'Retry when the store accepts changes again.',
      },
    )
  }
  deps.tokens.invalidate(row.id)
  return row
}

/** The time in ISO 8601 in UTC; null without a time. @throws BadRequest `InvalidBody` for a time in the past */
function requireFutureTime(expiresAt: string | undefined, now: number): string | null {
  if (expiresAt === undefined) return null
  const at = new Date(expiresAt)
  if (at.getTime() > now) return at.toISOString()
  const message = 'must be in the future'
  throw new BadRequest('InvalidBody', `/expiresAt ${message}.`, {
    errors: [{ in: 'body', pointer: '/expiresAt', message }],
  })
}

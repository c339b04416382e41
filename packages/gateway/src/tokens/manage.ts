/** Making, renewing and revoking tokens. An admin whose own token is fenced deals with those within that fence only. */
import { everything, isFenced, isWithin } from '../access/fence.ts'
import { newTokenValue } from '../access/token-value.ts'
import { fenceOf, firstAdmin, type Tokens } from '../access/tokens.ts'
import type { Caller } from '../http/caller.ts'
import { BadRequest, Conflict, Forbidden, NotFound, Unavailable } from '../problems/problem.ts'
import { evenWhenFull } from '../store/reserve.ts'
import type { Store } from '../store/store.ts'
import { addToken, allTokens, removeToken, replaceToken, type TokenRow, tokenByName } from '../store/token-records.ts'
import { isStoreUnavailable } from '../store/unavailable.ts'
import type { NewToken } from './schema.ts'

export interface TokenKeeping {
  store: Store
  tokens: Tokens
  now: () => number
}

export interface WithValue {
  row: TokenRow
  value: string
}

/** Those that the caller may see, by name. */
export async function tokensFor({ store }: TokenKeeping, caller: Caller): Promise<TokenRow[]> {
  return (await allTokens(store)).filter((row) => isWithin(fenceOf(row), caller.fence))
}

/** @throws NotFound `TokenNotFound`, also for one outside the caller's fence */
export async function tokenFor({ store }: TokenKeeping, caller: Caller, name: string): Promise<TokenRow> {
  const row = await tokenByName(store, name)
  if (row && isWithin(fenceOf(row), caller.fence)) return row
  throw new NotFound('TokenNotFound', `There is no token named ${name}.`, {
    next: 'GET /v1/ecs/tokens lists those that are there.',
  })
}

/**
 * @throws Conflict `TokenAlreadyExists`
 * @throws Forbidden `OutsideFence` when it would reach further than the caller's own
 */
export async function makeToken(keeping: TokenKeeping, caller: Caller, wanted: NewToken): Promise<WithValue> {
  const { name, role, accounts = everything, clusters = everything, taskDefinitions = everything, expiresAt } = wanted
  if (!isWithin({ accounts, clusters, taskDefinitions }, caller.fence)) {
    throw new Forbidden('OutsideFence', 'A token cannot reach further than the one that makes it.', {
      next: `Name accounts within ${caller.fence.accounts.join(', ')}, clusters within ${caller.fence.clusters.join(', ')} and families within ${caller.fence.taskDefinitions.join(', ')}.`,
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
    task_definitions: isFenced(taskDefinitions) ? JSON.stringify(taskDefinitions) : null,
    created_at: new Date(keeping.now()).toISOString(),
    created_by: caller.name,
    expires_at: future(expiresAt, keeping.now()),
    last_used_at: null,
  }
  if (name === firstAdmin || !(await addToken(keeping.store, row))) {
    const there = name === firstAdmin ? undefined : await tokenByName(keeping.store, name)
    const mayRotate = there !== undefined && isWithin(fenceOf(there), caller.fence)
    throw new Conflict('TokenAlreadyExists', `The name ${name} is taken.`, {
      next: mayRotate ? `POST /v1/ecs/tokens/${name}/rotate gives that token a new value.` : 'Take another name.',
    })
  }
  return { row, value }
}

/** A new value; the one before is refused from now on. */
export async function rotateToken(
  keeping: TokenKeeping,
  caller: Caller,
  name: string,
  { expiresAt }: { expiresAt?: string },
): Promise<WithValue> {
  const before = await tokenFor(keeping, caller, name)
  const { id, value, hash } = newTokenValue()
  // A value that is over before it is shown is of no use to anybody.
  const fresh = { id, hash, expires_at: future(expiresAt ?? before.expires_at ?? undefined, keeping.now()) }
  // Another request was faster: what it has made is what this one replaces.
  if (!(await replaceToken(keeping.store, before.id, fresh))) return rotateToken(keeping, caller, name, { expiresAt })
  keeping.tokens.ended(before.id)
  return { row: { ...before, ...fresh, last_used_at: null }, value }
}

/** @returns the token as it was; it is refused from now on */
export async function revokeToken(keeping: TokenKeeping, caller: Caller, name: string): Promise<TokenRow> {
  const row = await tokenFor(keeping, caller, name)
  // It was rotated meanwhile: the value that is good now is the one to end.
  try {
    if (!(await evenWhenFull(keeping.store, () => removeToken(keeping.store, row.id))))
      return revokeToken(keeping, caller, name)
  } catch (error) {
    if (!isStoreUnavailable(error)) throw error
    keeping.tokens.refuse(row.id)
    throw new Unavailable(
      'StoreUnavailable',
      'The store could not remove the token. The processes that run now refuse it until they end.',
      {
        ...error.options,
        next: 'Repeat it once the store takes changes again.',
      },
    )
  }
  keeping.tokens.ended(row.id)
  return row
}

function future(expiresAt: string | undefined, now: number): string | null {
  if (expiresAt === undefined) return null
  const at = new Date(expiresAt)
  if (at.getTime() > now) return at.toISOString()
  const message = 'must be in the future'
  throw new BadRequest('InvalidBody', `/expiresAt ${message}.`, {
    errors: [{ in: 'body', pointer: '/expiresAt', message }],
  })
}

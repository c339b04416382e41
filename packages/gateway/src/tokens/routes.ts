/** The routes of tokens: their administration, and `GET /me`, which shows the token of the request. */

import { listSchema, pageOf, pageQuery } from '../http/list.ts'
import { readGatewayBody } from '../http/request/body.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { Type } from '../typebox/type.ts'
import {
  createToken,
  getTokenWithinFence,
  listTokensWithinFence,
  revokeToken,
  rotateToken,
  type TokenDeps,
  type TokenWithValue,
} from './manage.ts'
import {
  meSchema,
  newTokenSchema,
  tokenRotationSchema,
  tokenSchema,
  tokenWithValueSchema,
  toMeResource,
  toTokenResource,
} from './schema.ts'

const tag = 'Tokens'
const permission = 'administer'
const params = { token: Type.String({ $id: 'TokenName', description: 'Name of the token.', examples: ['portal'] }) }

const list = {
  summary: 'List tokens',
  operationId: 'listTokens',
  tag,
  permission,
  query: pageQuery,
  answers: { 200: listSchema('TokenList', tokenSchema) },
} satisfies RouteSchema
const create = {
  summary: 'Create a token',
  operationId: 'createToken',
  isNeverCompressed: true,
  description:
    'Only this response shows the value of the token; the gateway stores a hash. ' +
    'The role and the fence cannot be changed: create another token instead.',
  tag,
  permission,
  body: newTokenSchema,
  answers: { 201: tokenWithValueSchema },
  problems: ['TokenAlreadyExists'],
} satisfies RouteSchema
const get = {
  summary: 'Get a token',
  operationId: 'getToken',
  tag,
  permission,
  params,
  answers: { 200: tokenSchema },
  problems: ['TokenNotFound'],
} satisfies RouteSchema
const rotate = {
  summary: 'Rotate a token',
  operationId: 'rotateToken',
  isNeverCompressed: true,
  description:
    'Gives the token a new value, which only this response shows. All processes reject the old value from now on.',
  tag,
  permission,
  params,
  body: tokenRotationSchema,
  isBodyOptional: true,
  answers: { 200: tokenWithValueSchema },
  problems: ['TokenNotFound'],
} satisfies RouteSchema
const revoke = {
  summary: 'Revoke a token',
  operationId: 'deleteToken',
  description: 'All processes reject the token from now on.',
  tag,
  permission,
  mayPrecedeAudit: true,
  params,
  answers: { 200: tokenSchema },
  problems: ['TokenNotFound'],
} satisfies RouteSchema

const getMe = {
  summary: 'Get this token',
  operationId: 'getMe',
  description: 'The token of the request, or the person of its JWT: its name, and what it may do where.',
  tag,
  answers: { 200: meSchema },
} satisfies RouteSchema

export function tokenRoutes<Account>(api: Api<Account>, deps: TokenDeps): void {
  api.get('/me', { schema: getMe }, ({ caller }) => toMeResource(caller))
  api.get('/tokens', { schema: list }, async ({ caller, query }) => {
    const { items, nextCursor } = pageOf(
      await listTokensWithinFence(deps, caller),
      { key: ({ name }) => [name] },
      query,
    )
    return { items: items.map(toTokenResource), nextCursor }
  })
  api.post('/tokens', { schema: create }, async ({ caller, body }, reply) => {
    const created = await createToken(deps, caller, readGatewayBody(newTokenSchema, body))
    return reply.created(withValue(created), `/tokens/${created.row.name}`).withReplay(withoutValue(created))
  })
  api.get('/tokens/:token', { schema: get }, async ({ caller, params }) =>
    toTokenResource(await getTokenWithinFence(deps, caller, params.token)),
  )
  api.post('/tokens/:token/rotate', { schema: rotate }, async ({ caller, params, body }, reply) => {
    const rotated = await rotateToken(deps, caller, params.token, readGatewayBody(tokenRotationSchema, body ?? {}))
    return reply.ok(withValue(rotated)).withReplay(withoutValue(rotated))
  })
  api.delete('/tokens/:token', { schema: revoke }, async ({ caller, params }) =>
    toTokenResource(await revokeToken(deps, caller, params.token)),
  )
}

function withValue({ row, value }: TokenWithValue) {
  return { ...toTokenResource(row), token: value }
}

/** The response that is stored for an Idempotency-Key. It does not contain the token's value. */
function withoutValue({ row }: TokenWithValue) {
  return { ...toTokenResource(row), token: null }
}

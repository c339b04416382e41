/** What can be done with tokens; for admins. */
import Type from 'typebox'
import { listSchema, page, pageQuery } from '../http/list.ts'
import { readOwnBody } from '../http/request/body.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import {
  makeToken,
  revokeToken,
  rotateToken,
  type TokenKeeping,
  tokenFor,
  tokensFor,
  type WithValue,
} from './manage.ts'
import { newToken, presentToken, rotation, token, tokenWithValue } from './schema.ts'

const tag = 'Tokens'
const permission = 'administer'
const params = { token: Type.String({ $id: 'TokenName', description: 'Name of the token.', examples: ['portal'] }) }

const list = {
  summary: 'List tokens',
  operationId: 'listTokens',
  tag,
  permission,
  query: pageQuery,
  answers: { 200: listSchema('TokenList', token) },
} satisfies RouteSchema
const create = {
  summary: 'Make a token',
  operationId: 'createToken',
  description:
    'Its value is in the answer, this once; what is kept is a hash. The role and the fence stay as they are: for others, make another token.',
  tag,
  permission,
  body: newToken,
  answers: { 201: tokenWithValue },
  problems: ['TokenAlreadyExists'],
} satisfies RouteSchema
const get = {
  summary: 'Get a token',
  operationId: 'getToken',
  tag,
  permission,
  params,
  answers: { 200: token },
  problems: ['TokenNotFound'],
} satisfies RouteSchema
const rotate = {
  summary: 'Rotate a token',
  operationId: 'rotateToken',
  description: 'A new value, shown this once; the one before is refused from now on, by every process.',
  tag,
  permission,
  params,
  body: rotation,
  bodyOptional: true,
  answers: { 200: tokenWithValue },
  problems: ['TokenNotFound'],
} satisfies RouteSchema
const revoke = {
  summary: 'Revoke a token',
  operationId: 'deleteToken',
  description: 'It is refused from now on, by every process.',
  tag,
  permission,
  takesRightsAway: true,
  params,
  answers: { 200: token },
  problems: ['TokenNotFound'],
} satisfies RouteSchema

export function tokenRoutes<Account>(api: Api<Account>, keeping: TokenKeeping): void {
  api.get('/tokens', { schema: list }, async ({ caller, query }) => {
    const { items, nextCursor } = page(await tokensFor(keeping, caller), { key: ({ name }) => [name] }, query)
    return { items: items.map(presentToken), nextCursor }
  })
  api.post('/tokens', { schema: create }, async ({ caller, body }, reply) => {
    const made = await makeToken(keeping, caller, readOwnBody(newToken, body))
    return reply.created(shownOnce(made), `/tokens/${made.row.name}`).keptAs(shownNoMore(made))
  })
  api.get('/tokens/:token', { schema: get }, async ({ caller, params }) =>
    presentToken(await tokenFor(keeping, caller, params.token)),
  )
  api.post('/tokens/:token/rotate', { schema: rotate }, async ({ caller, params, body }, reply) => {
    const rotated = await rotateToken(keeping, caller, params.token, readOwnBody(rotation, body ?? {}))
    return reply.ok(shownOnce(rotated)).keptAs(shownNoMore(rotated))
  })
  api.delete('/tokens/:token', { schema: revoke }, async ({ caller, params }) =>
    presentToken(await revokeToken(keeping, caller, params.token)),
  )
}

function shownOnce({ row, value }: WithValue) {
  return { ...presentToken(row), token: value }
}

function shownNoMore({ row }: WithValue) {
  return { ...presentToken(row), token: null }
}

/** The tokens of the gateway, for administrators. A token's value is shown once. */
import { type Destination, defineCall, noPathValues, type OptionsOf, send } from '../call.ts'
import { listing } from '../listing.ts'
import type { TokenCreate, TokenRotate } from '../resources.ts'

const itemPath = '/tokens/{token}'

export const tokenCalls = {
  list: defineCall('GET /tokens'),
  get: defineCall(`GET ${itemPath}`),
  create: defineCall('POST /tokens'),
  remove: defineCall(`DELETE ${itemPath}`),
  rotate: defineCall(`POST ${itemPath}/rotate`),
}

/** A token is referred to by its name. */
export function tokens(destination: Destination) {
  const list = (query?: OptionsOf<'listTokens'>) => listing(destination, tokenCalls.list, noPathValues, query)
  return {
    list,
    page: (query?: OptionsOf<'listTokens'>) => list(query).page(),
    get: (name: string, options?: OptionsOf<'getToken'>) =>
      send(destination, tokenCalls.get, () => ({ token: name }), undefined, options),
    create: (body: TokenCreate, options?: OptionsOf<'createToken'>) =>
      send(destination, tokenCalls.create, noPathValues, body, options),
    remove: (name: string, options?: OptionsOf<'deleteToken'>) =>
      send(destination, tokenCalls.remove, () => ({ token: name }), undefined, options),
    rotate: (name: string, body: TokenRotate = {}, options?: OptionsOf<'rotateToken'>) =>
      send(destination, tokenCalls.rotate, () => ({ token: name }), body, options),
  }
}

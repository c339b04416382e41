/** The configured accounts that the token may see. */
import { type Destination, defineCall, noPathValues, type OptionsOf, send } from '../call.ts'

export const accountListCalls = { list: defineCall('GET /accounts') }

export function accounts(destination: Destination) {
  const page = (query?: OptionsOf<'listAccounts'>) =>
    send(destination, accountListCalls.list, noPathValues, undefined, query)
  return {
    page,
    async *list(query?: OptionsOf<'listAccounts'>) {
      yield* (await page(query)).items
    },
  }
}

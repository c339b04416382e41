/** The configured accounts that the token may see. */
import { call, type Destination, noPathValues, type OptionsOf, send } from '../call.ts'

export const accountListCalls = { list: call('GET /accounts') }

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

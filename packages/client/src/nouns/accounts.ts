/** The configured accounts that the token may see. */
import { call, type OptionsOf, type Scope, send } from '../call.ts'

export const accountCalls = { list: call('listAccounts', 'GET', '/accounts') }

export function accounts(scope: Scope) {
  const page = (query?: OptionsOf<'listAccounts'>) => send(scope, accountCalls.list, () => ({}), undefined, query)
  return {
    page,
    async *list(query?: OptionsOf<'listAccounts'>) {
      yield* (await page(query)).items
    },
  }
}

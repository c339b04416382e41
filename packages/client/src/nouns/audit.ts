/** The audit log: of one account, or of the whole gateway where the scope has no account. */
import { call, type OptionsOf, type Scope } from '../call.ts'
import { listing } from '../listing.ts'

export const auditCalls = {
  list: call('listAuditEntries', 'GET', '/audit'),
  listOfAccount: call('listAccountAuditEntries', 'GET', '/{account}/audit'),
}

export function audit(scope: Scope) {
  const list = (query?: OptionsOf<'listAuditEntries'>) =>
    scope.account === undefined
      ? listing(scope, auditCalls.list, () => ({}), query)
      : listing(scope, auditCalls.listOfAccount, () => ({}), query)
  return { list, page: (query?: OptionsOf<'listAuditEntries'>) => list(query).page() }
}

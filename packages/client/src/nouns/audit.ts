/** The audit log: of one account, or of the whole gateway where the destination has no account. */
import { type Destination, defineCall, noPathValues, type OptionsOf } from '../call.ts'
import { listing } from '../listing.ts'

export const auditCalls = {
  list: defineCall('GET /audit'),
  listOfAccount: defineCall('GET /{account}/audit'),
}

export function audit(destination: Destination) {
  const list = (query?: OptionsOf<'listAuditEntries'>) =>
    destination.account === undefined
      ? listing(destination, auditCalls.list, noPathValues, query)
      : listing(destination, auditCalls.listOfAccount, noPathValues, query)
  return { list, page: (query?: OptionsOf<'listAuditEntries'>) => list(query).page() }
}

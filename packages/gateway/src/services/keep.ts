/** A service's events beyond the hundred that ECS keeps: noted when the service is seen. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { ServiceEventRow } from '../store/history-records.ts'
import { clusterOf } from './look.ts'

export function keepEvents(account: Account, history: History): void {
  account.onSeen(({ services = [] }) => {
    for (const service of services) history.noteEvents(rowsOf(account, service))
  })
}

function* rowsOf({ name: account }: Account, service: Service): Generator<ServiceEventRow> {
  const { serviceName = '', events = [] } = service
  for (const { id = '', createdAt = new Date(0), message = '' } of events)
    yield { account, cluster: clusterOf(service), service: serviceName, id, at: createdAt.toISOString(), message }
}

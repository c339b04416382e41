/** A service's events beyond the hundred that ECS keeps: noted when the service is seen. */
import type { Service } from '@aws-sdk/client-ecs'
import { parseArn } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { lastingScopeOf } from '../aws/account-scope.ts'
import type { History } from '../history/history.ts'
import type { ServiceEventRow } from '../store/history-records.ts'
import { clusterOf } from './get.ts'

export function keepEvents(account: Account, history: History): void {
  account.onDescribed(({ services = [] }) => {
    for (const service of services) history.noteEvents(rowsOf(account, service))
  })
}

/** Whose events they are, among all that are kept. */
export function keptAs(account: Account, { serviceArn = '' }: Service): string {
  return lastingScopeOf(account, parseArn(serviceArn)?.account ?? '')
}

function* rowsOf(of: Account, service: Service): Generator<ServiceEventRow> {
  const { serviceName = '', events = [] } = service
  const account = keptAs(of, service)
  for (const { id = '', createdAt = new Date(0), message = '' } of events)
    yield { account, cluster: clusterOf(service), service: serviceName, id, at: createdAt.toISOString(), message }
}

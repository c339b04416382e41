/**
 * Stores the events of services in the history, because ECS keeps only the last 100 of each service. The gateway stores
 * them whenever it describes a service.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { parseArn } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { storedScopeOf } from '../aws/account-scope.ts'
import type { History } from '../history/history.ts'
import type { ServiceEventRow } from '../store/history-records.ts'
import { clusterOf } from './get.ts'

/** Stores the events of every service that AWS describes for the account from now on. */
export function startArchivingEvents(account: Account, history: History): void {
  account.onDescribed(({ services = [] }) => {
    for (const service of services) history.recordEvents(eventRowsOf(account, service))
  })
}

/** The text by which the history names the AWS account, its Region and its boundary: the `account` of its rows. */
export function historyScopeOf(account: Account, { serviceArn = '' }: Service): string {
  return storedScopeOf(account, parseArn(serviceArn)?.account ?? '')
}

function* eventRowsOf(owner: Account, service: Service): Generator<ServiceEventRow> {
  const { serviceName = '', events = [] } = service
  const account = historyScopeOf(owner, service)
  for (const { id = '', createdAt = new Date(0), message = '' } of events)
    yield { account, cluster: clusterOf(service), service: serviceName, id, at: createdAt.toISOString(), message }
}

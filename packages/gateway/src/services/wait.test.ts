import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../aws/account.ts'
import { BatchedDescribes, type BatchedDescribesDeps } from '../aws/reads/describe.ts'
import { TooManyRequests } from '../problems/problem.ts'
import { RecentWrites } from '../recent-writes/recent-writes.ts'
import { waitUntilStable } from './wait.ts'

test('a wait polls again when AWS throttles the call that says how a replaced deployment ended', async () => {
  const scope = 'arn:aws:ecs:us-east-1:111122223333'
  const service = {
    serviceArn: `${scope}:service/prod/www`,
    serviceName: 'www',
    clusterArn: `${scope}:cluster/prod`,
    status: 'ACTIVE',
    deployments: [{ id: 'ecs-svc/2', status: 'PRIMARY' }],
  }
  let listCalls = 0
  const ecs = {
    describeServices: async () => ({ services: [service] }),
    listServiceDeployments: async () => {
      if (++listCalls === 1) throw new TooManyRequests('TooManyRequests', 'Rate exceeded')
      return {
        serviceDeployments: [
          { status: 'SUCCESSFUL', targetServiceRevisionArn: `${scope}:service-revision/prod/www/1` },
        ],
      }
    },
  }
  const callContext = { priority: 'readAfterWrite', caller: 'wait' }
  const requestBudget = { delayMs: () => 0, releaseToken: () => {} }
  const deps = {
    ecs: () => ecs,
    callContext: () => callContext,
    requestBudget,
    acquirePermit: async (action: string) => ({ action, callContext, isUsed: false }),
  } as unknown as BatchedDescribesDeps
  const account = {
    ...deps,
    name: 'remote',
    batchedDescribes: new BatchedDescribes(deps),
    recentWrites: new RecentWrites(Date.now),
  } as unknown as Account
  const { outcome, reason } = await waitUntilStable(
    account,
    { service, deploymentId: 'ecs-svc/1' },
    { timeout: 10, signal: new AbortController().signal },
  )
  assert.deepEqual([outcome, listCalls], ['reached', 2], reason)
})

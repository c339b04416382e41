import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../aws/account.ts'
import { Describes, type DescribesDeps } from '../aws/reads/describe.ts'
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
  const callContext = { priority: 'afterChange', caller: 'wait' }
  const budget = { delayMs: () => 0, release: () => {} }
  const deps = {
    ecs: () => ecs,
    callContext: () => callContext,
    budget,
    acquirePermit: async (action: string) => ({ action, callContext, isUsed: false }),
  } as unknown as DescribesDeps
  const account = {
    ...deps,
    name: 'remote',
    describes: new Describes(deps),
    recentWrites: new RecentWrites(Date.now),
  } as unknown as Account
  const { outcome, reason } = await waitUntilStable(
    account,
    { service, deploymentId: 'ecs-svc/1' },
    { timeout: 10, signal: new AbortController().signal },
  )
  assert.deepEqual([outcome, listCalls], ['reached', 2], reason)
})

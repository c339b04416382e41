import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noGuardrails } from './account-guardrails.ts'
import { CircuitBreaker } from './calls/circuit-breaker.ts'
import { RequestBudget } from './calls/request-budget.ts'
import { type ClientSettings, createEcsClient } from './client.ts'
import { createEc2Client } from './ec2-client.ts'

/** The hosts that calls to EC2 and to ECS are sent to. */
async function hostsIn(region: string, more: Partial<ClientSettings> = {}): Promise<string[]> {
  const hosts: string[] = []
  const settings: ClientSettings = {
    region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ hostname }: { hostname: string }) => {
        hosts.push(hostname)
        throw new Error('not sent')
      },
    } as never,
    ...more,
  }
  const deps = {
    account: 'prod',
    guardrails: noGuardrails,
    onCall: () => {},
    onWrite: () => {},
    callContext: () => ({ priority: 'read', caller: 'someone' }) as const,
    requestBudget: new RequestBudget('off'),
    breaker: new CircuitBreaker(),
    deadlineMs: 10_000,
  }
  const ec2 = await createEc2Client(settings, deps)
  await assert.rejects(ec2.describeNetworkInterfaces({}, { abortSignal: new AbortController().signal }))
  await assert.rejects(createEcsClient(settings, deps).listClusters({}))
  return hosts
}

test('calls to EC2 go to the Region’s host in every partition, as those to ECS', async () => {
  for (const [region, suffix] of [
    ['eu-central-1', 'amazonaws.com'],
    ['us-gov-west-1', 'amazonaws.com'],
    ['cn-north-1', 'amazonaws.com.cn'],
    ['us-iso-east-1', 'c2s.ic.gov'],
    ['us-isob-east-1', 'sc2s.sgov.gov'],
    ['eu-isoe-west-1', 'cloud.adc-e.uk'],
    ['us-isof-south-1', 'csp.hci.ic.gov'],
    ['eusc-de-east-1', 'amazonaws.eu'],
    ['xx-unknown-1', 'amazonaws.com'],
  ])
    assert.deepEqual(await hostsIn(region!), [`ec2.${region}.${suffix}`, `ecs.${region}.${suffix}`])
  const fips = { useFipsEndpoint: true }
  assert.equal((await hostsIn('us-east-1', fips))[0], 'ec2-fips.us-east-1.amazonaws.com')
  assert.equal((await hostsIn('us-gov-west-1', fips))[0], 'ec2.us-gov-west-1.amazonaws.com')
})

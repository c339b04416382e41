import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import * as sdk from '@aws-sdk/client-ecs'
import { findOperation, operationNames, type Shape } from '@ecs-api/ecs-model'
import fc from 'fast-check'
import { FastAwsJson } from './fast-deserializer.ts'

let status = 200
let body = '{}'
const aws = createServer((request, response) => {
  request
    .resume()
    .on('end', () => response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body))
})
await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve))
const settings = {
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
  maxAttempts: 1,
}
const clientWithFastProtocol = new sdk.ECS({ ...settings, protocol: FastAwsJson })
const clientOfSdk = new sdk.ECS(settings)
after(() => {
  for (const client of [clientWithFastProtocol, clientOfSdk]) client.destroy()
  aws.close()
})

type Operations = Record<string, (input: object) => Promise<sdk.DescribeServicesCommandOutput>>

async function callAction(client: sdk.ECS, name: string): Promise<object> {
  const method = `${name[0]?.toLowerCase()}${name.slice(1)}`
  const { $metadata, ...output } = await (client as unknown as Operations)[method]!({})
  return output
}

const freeFormJson = fc.object({ values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)], maxDepth: 2 })

/**
 * Generates JSON values that AWS could send for a shape, and sometimes values that it does not send: null, and members
 * that the SDK does not know.
 */
function wireValueOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'structure': {
      const members = [...shape.members.values()].map(
        (member) => [member.name, orNull(wireValueOf(member.shape))] as const,
      )
      const strange = { brandNew: freeFormJson, constructor: fc.constant('a member’s name like any other') }
      if (!shape.union) return fc.record({ ...Object.fromEntries(members), ...strange }, { requiredKeys: [] })
      return fc.oneof(...members.map(([name, value]) => value.map((given) => ({ [name]: given }))))
    }
    case 'list':
      return fc.array(wireValueOf(shape.of), { maxLength: 2 })
    case 'map':
      return fc.dictionary(fc.oneof(fc.constant('__proto__'), fc.string({ maxLength: 5 })), wireValueOf(shape.of), {
        maxKeys: 2,
      })
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 8 })
    case 'integer':
      return fc.integer()
    case 'double':
      return fc.oneof(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.constantFrom('NaN', 'Infinity', '-Infinity'),
      )
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return fc.integer({ min: 0, max: 2_000_000_000_000 }).map((ms) => ms / 1000)
    case 'blob':
      return fc.base64String({ maxLength: 8 })
    case 'document':
      return freeFormJson
  }
}

function orNull(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) })
}

for (const name of operationNames()) {
  test(`a response to ${name} deserializes as the SDK does it`, async () => {
    status = 200
    await fc.assert(
      fc.asyncProperty(wireValueOf(findOperation(name)!.output), async (output) => {
        body = JSON.stringify(output)
        assert.deepEqual(await callAction(clientWithFastProtocol, name), await callAction(clientOfSdk, name))
      }),
      { numRuns: 15 },
    )
  })
}

test('pages of log events and log streams deserialize as the SDK does it', async () => {
  const [fast, plain] = [new CloudWatchLogs({ ...settings, protocol: FastAwsJson }), new CloudWatchLogs(settings)]
  after(() => {
    fast.destroy()
    plain.destroy()
  })
  status = 200
  const time = fc.integer({ min: 0, max: 2_000_000_000_000 })
  const text = fc.string({ unit: 'grapheme', maxLength: 8 })
  const event = { logStreamName: text, timestamp: time, message: text, ingestionTime: time, eventId: text }
  const events = fc.record({
    events: orNull(fc.array(fc.record({ ...event, brandNew: freeFormJson }, { requiredKeys: [] }))),
    nextToken: orNull(text),
  })
  const stream = { logStreamName: text, creationTime: time, firstEventTimestamp: time, storedBytes: fc.integer() }
  const streams = fc.record({ logStreams: fc.array(fc.record(stream, { requiredKeys: [] })) })
  const read = async (logs: CloudWatchLogs) => {
    const outputs = [await logs.filterLogEvents({ logGroupName: '/ecs/web' }), await logs.describeLogStreams({})]
    return outputs.map(({ $metadata, ...output }) => output)
  }
  await fc.assert(
    fc.asyncProperty(events, streams, async (page, described) => {
      body = JSON.stringify({ ...page, ...described })
      assert.deepEqual(await read(fast), await read(plain))
    }),
    { numRuns: 30 },
  )
})

test('an empty response deserializes to an empty object, and invalid JSON throws', async () => {
  status = 200
  body = ''
  assert.deepEqual(await callAction(clientWithFastProtocol, 'DescribeServices'), {})
  body = '{"services": ['
  await assert.rejects(callAction(clientWithFastProtocol, 'DescribeServices'), SyntaxError)
})

test('an error response becomes the SDK’s own error class', async () => {
  status = 400
  body = JSON.stringify({
    __type: 'com.amazonaws.ecs#NamespaceNotFoundException',
    message: 'There is no such namespace.',
  })
  const errors = await Promise.all(
    [clientWithFastProtocol, clientOfSdk].map((client) =>
      callAction(client, 'CreateService').catch((error: unknown) => error),
    ),
  )
  for (const error of errors) {
    assert.ok(error instanceof sdk.NamespaceNotFoundException)
    assert.equal(error.message, 'There is no such namespace.')
  }
})

test('a number beyond 64 bits stays a number', async () => {
  status = 200
  body =
    '{"serviceDeployments": [{"deploymentConfiguration": {"lifecycleHooks": [{"hookDetails": {"big": 123456789012345678901}}]}}]}'
  const output = (await callAction(
    clientWithFastProtocol,
    'DescribeServiceDeployments',
  )) as sdk.DescribeServiceDeploymentsResponse
  const [hook] = output.serviceDeployments?.[0]?.deploymentConfiguration?.lifecycleHooks ?? []
  assert.deepEqual(hook?.hookDetails, { big: 123456789012345680000 })
})

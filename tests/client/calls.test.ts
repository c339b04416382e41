// The client against the OpenAPI document of the gateway: its types are up to date, and it has every operation.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { calls } from '../../packages/client/src/calls.ts'
import { clientVersion } from '../../packages/client/src/version.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { clientTypes, clientTypesFile } from '../../scripts/client-types.ts'

/** Operations for which the client has no method, and who uses them. `request` sends them, too. */
const operationsWithoutMethod = new Map([
  ['ping', 'for load balancers'],
  ['getHealth', 'for load balancers and orchestrators'],
  ['getReadiness', 'for load balancers and orchestrators'],
  ['getMetrics', 'for Prometheus, in its own format'],
  ['createSession', 'for pages of the gateway itself'],
  ['getSignInMethods', 'for pages of the gateway itself'],
  ['deleteSession', 'for pages of the gateway itself'],
  ['listImages', 'for accounts of the embedded engine only'],
  ['createOneTimeCode', 'for programs that open a page of the gateway in a browser'],
])

const { api } = await startTestProgram()
const document = (await api.get('/openapi.json')).body

test('the generated types are those of the gateway’s OpenAPI document', async () => {
  const isSame = readFileSync(clientTypesFile, 'utf8') === (await clientTypes(document))
  assert.ok(isSame, 'packages/client/src/api.ts is stale: run `npm run client`')
})

test('every operation has a method in the client', () => {
  const operations = Object.entries<Record<string, { operationId?: string }>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { operationId }]) =>
      operationId === undefined || operationsWithoutMethod.has(operationId) ? [] : [`${method.toUpperCase()} ${path}`],
    ),
  )
  const ofMethods = Object.values(calls).flatMap((noun) =>
    Object.values(noun).map((apiCall) => apiCall.replace(' ', ' /v1/ecs')),
  )
  assert.deepEqual([...new Set(ofMethods)].sort(), operations.sort())
})

test('the version of the client is that of its package and of the gateway', async () => {
  const { version } = JSON.parse(readFileSync('packages/client/package.json', 'utf8'))
  assert.deepEqual([clientVersion, (await api.get('/version')).body.version], [version, version])
})

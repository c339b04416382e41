/** The headers, the 304 and the problems that openapi.json promises for each kind of route, compared with responses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../../testing/engine-over-tcp.ts'
import { newLoggedService } from '../../testing/logged-service.ts'
import { startTestProgram } from '../../testing/program.ts'
import { type OpenApi, resolveOperation } from './openapi.ts'

const aws = await startEngineOverTcp()
const program = await startTestProgram({ accounts: [aws.account('remote')] })
const { api, token } = program
const { url } = await program.listen()
const service = await newLoggedService(program, aws, { account: 'remote', cluster: 'prod' })
const [task = ''] = await service.taskIds()
const [deployment] = (await api.get(`${service.path}/deployments`)).body.items
await program.newToken({ name: 'reader', role: 'viewer' })
const values: Record<string, string> = {
  ...{ account: 'remote', cluster: 'prod', service: 'www', task, taskdef: 'prod-www:1' },
  ...{ deployment: deployment.id, release: '1', token: 'reader' },
}
const pathWith = (path: string) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]!))
const document: OpenApi = (await api.get('/openapi.json')).body
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method,
    path,
    operation: resolveOperation(document, operation),
  })),
)

const awsProblems = ['AwsError', 'AwsUnreachable', 'AwsTimeout', 'AwsAccessDenied']
const callsOf = (headers: Record<string, string | undefined>) =>
  Number(/calls=(\d+)/.exec(headers['server-timing'] ?? '')?.[1])

const isStreamOnly = (content: object = {}) => Object.keys(content).join() === 'text/event-stream'

// No account here has images: tests/containers/local-images.long.test.ts has a machine with some.
const tested = operations.filter(({ method, operation }) => method === 'get' && operation.operationId !== 'listImages')
for (const { path, operation } of tested) {
  const { responses, parameters, operationId } = operation
  const promises = {
    headers: Object.keys(responses[200]?.headers ?? {}),
    parameters: parameters.filter((each) => each.in === 'header').map(({ name }) => name),
    notModified: 304 in responses,
    awsProblems: awsProblems.filter((code) => operation['x-problems'].includes(code)),
  }
  test(`${operationId}: what openapi.json promises is sent, and nothing else`, async () => {
    if (isStreamOnly(responses[200]?.content)) {
      const aborting = new AbortController()
      const response = await fetch(url + pathWith(path), {
        headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'if-none-match': '*' },
        signal: aborting.signal,
      })
      const sent = promises.headers.filter((name) => response.headers.has(name))
      aborting.abort()
      assert.equal(response.status, 200)
      assert.deepEqual([promises.headers, promises.notModified], [sent, false])
      assert.deepEqual(promises.parameters, ['Last-Event-ID'])
      return
    }
    const get = (headers: Record<string, string>) => api.get(pathWith(path), { headers })
    const fresh = await get({ 'cache-control': 'no-cache' })
    assert.equal(fresh.status, 200, fresh.text)
    for (const name of ['ETag', 'Age'])
      assert.equal(promises.headers.includes(name), fresh.headers[name.toLowerCase()] !== undefined, name)
    const { status } = await get({ 'if-none-match': '*' })
    assert.equal(promises.notModified, status === 304, '304')
    assert.equal(promises.parameters.includes('If-None-Match'), promises.notModified)

    const { headers } = await get({ 'cache-control': 'max-age=900' })
    // The list of accounts shows a failing AWS in its items, and keeps each answer of STS for ten seconds.
    const readsAws = callsOf(fresh.headers) > 0 && path.includes('{account}')
    const isCached = readsAws && callsOf(headers) === 0
    assert.equal(promises.parameters.includes('Cache-Control'), isCached, 'Cache-Control')
    assert.equal(promises.headers.includes('Ecs-Api-Stale'), isCached, 'Ecs-Api-Stale')
    assert.deepEqual(promises.awsProblems, readsAws ? awsProblems : [])
  })
}

test('createService: the response to the create names its deployment, and the plan has none', async () => {
  const { responses } = operations.find(({ operation }) => operation.operationId === 'createService')!.operation
  const promised = (status: number) => 'Ecs-Api-Deployment' in (responses[status]?.headers ?? {})
  const body = { name: 'other', taskDefinition: 'prod-www', count: 0 }
  const plan = await api.post('/remote/clusters/prod/services?dryRun=true', body)
  const created = await api.post('/remote/clusters/prod/services', body)
  for (const { status, headers, text } of [plan, created])
    assert.equal(promised(status), headers['ecs-api-deployment'] !== undefined, text)
  assert.deepEqual([plan.status, created.status], [200, 201])
})

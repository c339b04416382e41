// The exit codes by causes other than those of exit-codes.test.ts: each status of the gateway that has a code.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { api, token, newToken } = program
const { url } = await program.listen()
const home = newFolder()
const variables = { ECS_API_TOKEN: token, ECS_API_ACCOUNT: 'local', ECS_API_CLUSTER: 'prod' }
const cli = cliWithHome(home, { ...variables, ECS_API_URL: url })
await api.post('/local/clusters', { name: 'prod' })
await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] })
await api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 1 })

/** The responses of a gateway that a test decides, and the requests that arrived at it. */
const scripted = { status: 200, headers: {} as Record<string, string>, requests: 0 }
const server = createServer((_, response) => {
  scripted.requests++
  const { status, headers } = scripted
  const problem = { type: 'about:blank', title: 'Scripted', status, detail: 'Scripted.', code: `Http${status}` }
  const type = { 'content-type': 'application/problem+json' }
  response.writeHead(status, { ...type, ...headers }).end(JSON.stringify({ ...problem, requestId: 'r' }))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
after(() => {
  server.closeAllConnections()
  server.close()
})
const scriptedUrl = `http://127.0.0.1:${(server.address() as { port: number }).port}`
const scriptedCli = async (status: number, headers: Record<string, string>, args: readonly string[]) => {
  Object.assign(scripted, { status, headers, requests: 0 })
  return { ...(await cli(args, { env: { ECS_API_URL: scriptedUrl } })), requests: scripted.requests }
}

test('4: a viewer may change nothing, and a fenced token nothing outside of its fence', async () => {
  const viewer = await newToken({ name: 'viewer', role: 'viewer' })
  const fenced = await newToken({ name: 'fenced', role: 'operator', clusters: ['dev-*'] })
  for (const args of [
    ['scale', 'www', '2'],
    ['deploy', 'www', '--env', 'A=1', '--yes'],
  ]) {
    const { code, stderr } = await cli(args, { env: { ECS_API_TOKEN: viewer } })
    assert.equal(code, 4, stderr)
    assert.match(stderr, /\nThe token and its role: ecs-api whoami\nMore: ecs-api help \w+\nrequest /)
  }
  const outside = await cli(['clusters', 'create', 'other'], { env: { ECS_API_TOKEN: fenced } })
  assert.deepEqual([outside.code, /^\w+: .*\bother\b/.test(outside.stderr)], [4, true], outside.stderr)
})

test('3: a body that is too large', async () => {
  writeFileSync(join(home, 'large.json'), JSON.stringify({ family: 'a'.repeat(3 * 1024 * 1024) }))
  const large = await cli(['taskdefs', 'create', '-f', 'large.json'])
  assert.equal(large.code, 3, large.stderr)
  assert.match(large.stderr, /^BodyTooLarge: /)
})

test('each status of a response has its exit code, without a retry of what was rejected', async () => {
  const codes = { 400: 3, 401: 4, 403: 4, 404: 5, 409: 3, 410: 5, 412: 3, 413: 3, 415: 3, 500: 1 }
  for (const [status, expected] of Object.entries(codes)) {
    const { code, stderr, requests } = await scriptedCli(Number(status), {}, ['clusters', 'list'])
    assert.deepEqual([code, requests], [expected, 1], `${status}: ${stderr}`)
  }
  const { code, stderr } = await scriptedCli(501, {}, ['clusters', 'list'])
  assert.equal(code, 3, stderr)
})

test('8: a gateway or an AWS that does not respond, after retries of a read', async () => {
  for (const status of [429, 502, 503, 504]) {
    const { code, stderr, requests } = await scriptedCli(status, { 'retry-after': '0' }, ['clusters', 'list'])
    assert.deepEqual([code, requests > 1], [8, true], `${status}: ${stderr}`)
  }
})

// `ecs-api run` when no task starts, and with a flag that has no effect.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { cliWithHome, newFolder } from './cli-process.ts'

/** The requests that arrived at the gateway, which starts no task. */
const requests: string[] = []
const failures = [{ reason: 'RESOURCE:CPU', detail: 'No capacity.' }]
const gateway = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`)
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items: [], failures }))
})
await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
after(() => {
  gateway.closeAllConnections()
  gateway.close()
})
const url = `http://127.0.0.1:${(gateway.address() as { port: number }).port}`
const cli = cliWithHome(newFolder(), {
  ECS_API_URL: url,
  ECS_API_TOKEN: 'any',
  ECS_API_ACCOUNT: 'local',
  ECS_API_CLUSTER: 'prod',
})

test('--wait for tasks of which none started exits with 6 and names the reason', async () => {
  for (const more of [[], ['--exit-with-task']]) {
    const { code, stdout, stderr } = await cli(['run', 'web', '--wait', '-q', ...more])
    assert.deepEqual([code, stdout], [6, ''], stderr)
    assert.equal(stderr, 'Not started: RESOURCE:CPU No capacity.\n✗ web: No task started.\n')
  }
})

test('--container without a command is a usage error, and nothing is sent', async () => {
  requests.length = 0
  const { code, stderr } = await cli(['run', 'web', '-c', 'app'])
  assert.equal(code, 2)
  assert.equal(
    stderr,
    '--container names the container of --env and of the command after --, and there is neither.\n' +
      'Add the command, or leave --container out: ecs-api run web -c app -- COMMAND\n',
  )
  assert.deepEqual(requests, [])
})

// Mistakes of the first hour with the command line: each error says the next command.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProgram } from '../packages/gateway/src/testing/program.ts'
import { cliIn, newFolder } from './cli-process.ts'

const program = await testProgram()
const { url } = await program.listen()
const { api, token } = program
const home = newFolder()
const cli = cliIn(home, { ECS_API_URL: url, ECS_API_TOKEN: token })
const role = 'arn:aws:iam::111122223333:role/shop'
await api.post('/local/clusters', { name: 'demo' })
const define = (family: string, more: object = {}) =>
  api.post('/local/taskdefs', { family, containerDefinitions: [{ name: 'shop', image: 'nginx:1.29' }], ...more })
await define('shop')
await define('terminal', { taskRoleArn: role })
await api.post('/local/clusters/demo/services?wait=STABLE', { name: 'shop', taskDefinition: 'shop', count: 2 })

test('an error names the command in the place of the request, and the nearest name', async () => {
  const service = await cli(['status', 'demo/shpo'])
  assert.equal(service.code, 5)
  assert.match(
    service.stderr,
    /^Did you mean demo\/shop\?\nServiceNotFound: .* has no service shpo\.\nAll services: ecs-api services list\n/,
  )
  const cluster = await cli(['services', 'get', 'dem/shop'])
  assert.match(
    cluster.stderr,
    /^Did you mean demo\?\nClusterNotFound: Cluster not found: dem\.\nAll clusters: ecs-api clusters list\n/,
  )
  const definition = await cli(['services', 'create', 'demo/x', '--task-definition', 'shp'])
  assert.match(
    definition.stderr,
    /^Did you mean shop\?\nTaskDefinitionNotFound: [\s\S]*not found: shp\.\n.*ecs-api taskdefs list\n/,
  )
  const release = await cli(['rollback', 'demo/shop', '--to', '99'])
  assert.match(release.stderr, /ecs-api releases list demo\/shop\n/)
  const twice = await cli(['services', 'create', 'demo/shop', '--task-definition', 'terminal'])
  assert.match(
    twice.stderr,
    /^ServiceAlreadyExists: The service shop already exists in the cluster demo.*\nChange it: ecs-api deploy demo\/shop\n/,
  )
  const account = await cli(['services', 'list', '--account', 'locl'])
  const wrong = await cli(['services', 'list'], { env: { ECS_API_TOKEN: 'wrong' } })
  assert.match(wrong.stderr, /^Unauthorized: .*\nSign in: ecs-api login\n/)
  for (const { stderr } of [service, cluster, definition, release, twice, account, wrong])
    assert.doesNotMatch(stderr, /\b(GET|PUT|PATCH) |Bearer/, stderr)
})

test('a service with tasks is deleted with --force only', async () => {
  await api.post('/local/clusters/demo/services?wait=STABLE', { name: 'gone', taskDefinition: 'shop', count: 1 })
  const refused = await cli(['services', 'delete', 'demo/gone', '--yes'])
  assert.equal(refused.code, 3)
  assert.match(
    refused.stderr,
    /demo\/gone has 1 running and 1 desired tasks.*without --force\.\n.*ecs-api scale demo\/gone 0\n/,
  )
  assert.equal((await api.get('/local/clusters/demo/services/gone')).body.status, 'ACTIVE')
  assert.equal((await cli(['services', 'delete', 'demo/gone', '--yes', '--force'])).code, 0)
  await api.post('/local/clusters/demo/services', { name: 'empty', taskDefinition: 'shop', count: 0 })
  assert.equal((await cli(['services', 'delete', 'demo/empty', '--yes'])).code, 0)
})

test('exec names the command that enables it, and --exec of deploy and create do so', async () => {
  const disabled = await cli(['exec', 'demo/shop', '--', 'ls'])
  assert.equal(disabled.code, 125)
  assert.match(disabled.stderr, /^ExecNotEnabled: .*\nEnable it with a deployment: ecs-api deploy demo\/shop --exec\n/)
  assert.equal(JSON.parse((await cli(['exec', 'demo/shop', '--json', '--', 'ls'])).stderr).code, 'ExecNotEnabled')
  const roleless = await cli(['deploy', 'demo/shop', '--exec', '--yes'])
  assert.match(roleless.stderr, /ExecNoTaskRole: .*\nRegister a revision with taskRoleArn/)
  const enabled = await cli(['deploy', 'demo/shop', '--task-definition', 'terminal', '--exec', '--yes', '-q'])
  assert.equal(enabled.code, 0, enabled.stderr)
  const { stdout } = await cli(['services', 'get', 'demo/shop', '--query', 'enableExecuteCommand'])
  assert.equal(stdout, 'true\n')
  const again = await cli(['deploy', 'demo/shop', '--exec', '--yes'])
  assert.deepEqual([again.code, /Nothing to do\.\n$/.test(again.stderr)], [0, true], again.stderr)
  const made = await cli(['services', 'create', 'demo/made', '--task-definition', 'terminal', '--exec', '--json'])
  assert.equal(JSON.parse(made.stdout).enableExecuteCommand, true)
})

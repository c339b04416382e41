// Flags for containers: `deploy` changes them, `services create` registers them, `run` overrides them for one task.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const { api, token } = program
const variables = { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_CLUSTER: 'prod' }
const cli = cliWithHome(newFolder(), variables)
await api.post('/local/clusters', { name: 'prod' })
const firstContainerOf = async (taskDefinition: string) =>
  (await api.get(`/local/taskdefs/${taskDefinition}`)).body.containerDefinitions[0]

test('services create --image registers a task definition and creates the service; --wait follows it', async () => {
  const args = ['services', 'create', 'prod/shop', '--image', 'nginx:1.29', '--port', '80', '--env', 'LEVEL=a=b']
  const { code, stdout, stderr } = await cli([...args, '--tag', 'team=shop', '--exec', '--wait'])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^service +prod\/shop\nstate +ok: .*\ntasks .*\ndefinition +shop:1\n$/)
  assert.match(stderr, /^\S+ Creating prod\/shop with shop:1 [\s\S]*\n✓ prod\/shop runs shop:1: 1 of 1 tasks? running/)
  assert.match(
    stderr,
    /\n\S+ Without a health check a task counts as healthy after 40 s on AWS, here sooner\. --health-check sets one\.\n(.+\n)?✓/,
  )
  const { body } = await api.get('/local/taskdefs/shop:1')
  assert.deepEqual([body.cpu, body.memory], [256, 512])
  const { name, environment, portMappings, logConfiguration } = await firstContainerOf('shop:1')
  assert.deepEqual([name, environment, portMappings[0].containerPort], ['shop', { LEVEL: 'a=b' }, 80])
  assert.equal(logConfiguration.options['awslogs-group'], '/ecs/shop')
  const { body: service } = await api.get('/local/clusters/prod/services/shop')
  assert.deepEqual([service.tags, service.enableExecuteCommand], [{ team: 'shop' }, true])
  assert.deepEqual(service.deploymentConfiguration.deploymentCircuitBreaker.rollback, true)
})

test('services create --image leaves no revision behind when the service is rejected', async () => {
  const missing = await cli(['services', 'create', 'nowhere/lonely', '--image', 'nginx:1.29'])
  assert.deepEqual([missing.code, /^ClusterNotFound/.test(missing.stderr)], [5, true], missing.stderr)
  assert.equal((await api.get('/local/taskdefs/lonely')).status, 404)
  for (const [args, why] of [
    [['--image', 'a', '--task-definition', 'web'], /does not go with web/],
    [['--task-definition', 'web', '--port', '80'], /need --image/],
    [['--image', 'a', '--env', 'other:A=1'], /No --image is for the container other/],
    [['--image', 'a', '--port', 'http'], /--port "http": give a number/],
    [['--image', 'a', '--tag', 'team'], /--tag "team": give KEY=VALUE/],
  ] as const) {
    const { code, stderr } = await cli(['services', 'create', 'prod/lonely', ...args])
    assert.deepEqual([code, why.test(stderr)], [2, true], stderr)
  }
})

test('deploy sets and removes command, health check, ports and tags', async () => {
  await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] })
  const service = { name: 'www', taskDefinition: 'web', count: 1 }
  await api.post('/local/clusters/prod/services?wait=STABLE', service)
  const deploy = (...args: string[]) =>
    cli(['deploy', 'www', '--yes', '--query', 'taskDefinition', '-o', 'tsv', ...args])
  const command = `sh -c "date; echo 'it'"  a\\ b ''`
  const set = await deploy('--command', command, '--health-check', '[ -f /up ]', '--port', '80', '--port', '53/udp')
  assert.equal(set.code, 0, set.stderr)
  assert.doesNotMatch(set.stderr, /counts as healthy/, 'it has a health check')
  const changed = await firstContainerOf(set.stdout.trim())
  assert.deepEqual(changed.command, ['sh', '-c', "date; echo 'it'", 'a b', ''])
  assert.deepEqual(changed.healthCheck.command, ['CMD-SHELL', '[ -f /up ]'])
  const ports = changed.portMappings.map(({ containerPort, protocol }: Record<string, unknown>) => [
    containerPort,
    protocol,
  ])
  assert.deepEqual(ports, [
    [80, 'tcp'],
    [53, 'udp'],
  ])
  const removed = await deploy('--command', '', '--health-check', '', '-c', 'web', '--tag', 'a=1', '--tag', 'b=')
  assert.equal(removed.code, 0, removed.stderr)
  const container = await firstContainerOf(removed.stdout.trim())
  assert.deepEqual([container.command, container.healthCheck, container.portMappings.length], [undefined, undefined, 2])
  assert.equal((await deploy('--untag', 'a', '--command', '["printenv", "$HOME"]')).code, 0)
  const { body } = await api.get('/local/clusters/prod/services/www')
  assert.deepEqual(body.tags, { b: '' })
  assert.deepEqual((await firstContainerOf(body.taskDefinition)).command, ['printenv', '$HOME'])
})

test('deploy rejects a command that only a shell could run, and every wrong flag at once', async () => {
  const { code, stderr } = await cli(['deploy', 'www', '--command', 'sleep 1; exit 3', '--port', '80-90'])
  assert.equal(code, 2)
  assert.match(stderr, /--command: ; needs a shell\. Quote it, or run one: sh -c '…'\.\n--port "80-90"/)
  assert.match((await cli(['deploy', 'www', '--command', "sh -c 'x"])).stderr, /the quote ' is not closed/)
  assert.match((await cli(['deploy', 'www', '--command', '["a", 1]'])).stderr, /JSON array of texts/)
  assert.match((await cli(['deploy', 'www', '--count', '2', '-c', 'web'])).stderr, /--container names/)
  assert.match((await cli(['deploy', 'www', '-c', 'no', '--command', 'a'])).stderr, /no container no; there is web/)
})

test('run overrides variables and the size for one task', async () => {
  const args = ['run', 'web', '--env', 'A=1', '--cpu', '512', '--memory', '1024', '--json', '--', 'env']
  const { code, stdout, stderr } = await cli(args)
  assert.equal(code, 0, stderr)
  const { overrides } = JSON.parse(stdout).items[0]
  assert.deepEqual([overrides.cpu, overrides.memory], [512, 1024])
  assert.deepEqual(overrides.containerOverrides, [{ name: 'web', command: ['env'], environment: { A: '1' } }])
})

// Mistakes of the first hour with the command line: each error says the next command.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const { api, token } = program
const home = newFolder()
const cli = cliWithHome(home, { ECS_API_URL: url, ECS_API_TOKEN: token })
const role = 'arn:aws:iam::111122223333:role/shop'
await api.post('/local/clusters', { name: 'demo' })
await api.post('/local/clusters', { name: 'other' })
const registerDefinition = (family: string, more: object = {}) =>
  api.post('/local/taskdefs', { family, containerDefinitions: [{ name: 'shop', image: 'nginx:1.29' }], ...more })
await registerDefinition('shop')
await registerDefinition('terminal', { taskRoleArn: role })
await api.post('/local/clusters/demo/services?wait=STABLE', { name: 'shop', taskDefinition: 'shop', count: 2 })

test('an error shows the next command instead of a request, and the most similar name', async () => {
  const service = await cli(['status', 'demo/shpo'])
  assert.equal(service.code, 5)
  assert.match(
    service.stderr,
    /^Did you mean shop\?\nServiceNotFound: .* has no service "shpo"\.\nAll services: ecs-api services list\n/,
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
  const noNumber = await cli(['rollback', 'demo/shop', '--to', 'last'])
  assert.match(
    noNumber.stderr,
    /^"last" is not the number of a release\.\nAll releases: ecs-api releases list demo\/shop\n$/,
  )
  const again = await cli(['clusters', 'create', 'demo'])
  assert.match(again.stderr, /\nChange it: ecs-api clusters update demo -f FILE\n/)
  const twice = await cli(['services', 'create', 'demo/shop', '--task-definition', 'terminal'])
  assert.match(
    twice.stderr,
    /^ServiceAlreadyExists: The service shop already exists in the cluster demo.*\nChange it: ecs-api deploy demo\/shop\n/,
  )
  const account = await cli(['services', 'list', '--account', 'locl'])
  const wrong = await cli(['services', 'list'], { env: { ECS_API_TOKEN: 'wrong' } })
  assert.match(wrong.stderr, /^Unauthorized: .*\nThe token that was sent .* ECS_API_TOKEN\.\nSign in: ecs-api login\n/)
  for (const { stderr } of [service, cluster, definition, release, twice, account, wrong])
    assert.doesNotMatch(stderr, /\b(GET|PUT|PATCH) |Bearer/, stderr)
})

test('logs says what a simulated container prints, and not that lines are missing', async () => {
  const none = await cli(['logs', 'demo/shop', '-n', '5'])
  assert.deepEqual([none.code, none.stdout], [0, ''])
  assert.match(
    none.stderr,
    /\nThere are no lines: of a simulated command, only `echo` prints\. How to get real containers: ecs-api doctor\n$/,
  )
  assert.match((await cli(['logs', 'demo/shop', '--grep', 'x'])).stderr, /\nThere are no such lines\.\n$/)
})

test('logs finds lines whatever their case with -i', async () => {
  const options = { 'awslogs-group': 'loud', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'ecs' }
  const container = {
    name: 'web',
    image: 'nginx',
    command: ['sh', '-c', 'echo "ERROR: no database"; echo fine; sleep 600'],
    logConfiguration: { logDriver: 'awslogs', options: { ...options, 'awslogs-create-group': 'true' } },
  }
  await api.post('/local/taskdefs', { family: 'loud', executionRoleArn: role, containerDefinitions: [container] })
  await api.post('/local/clusters/other/services?wait=STABLE', { name: 'loud', taskDefinition: 'loud', count: 1 })
  const found = async (...flags: string[]) => (await cli(['logs', 'other/loud', '--raw', ...flags])).stdout
  assert.equal(await found(), 'ERROR: no database\nfine\n')
  assert.equal(await found('--grep', 'error: NO'), '')
  assert.equal(await found('--grep', 'error: NO', '-i'), 'ERROR: no database\n')
})

test('an error names the wrong word, file, container, account or flag, and those that exist', async () => {
  const errorOf = async (...args: string[]) => (await cli(args)).stderr
  assert.match(await errorOf('services', 'lst'), /^There is no command services lst\. Nearest: services list[,.]/)
  assert.match(await errorOf('top'), /^There is no command top\. It is: ecs-api metrics SERVICE\nAll commands: /)
  for (const word of ['tag', 'history', 'start', 'untag']) {
    const [, command = ''] = /It is: ecs-api (.*)$/m.exec(await errorOf(word)) ?? []
    const help = await cli(['help', command.replace(/ SERVICE.*/, '')])
    assert.deepEqual([help.code, command === ''], [0, false], word)
    for (const flag of command.match(/--[a-z]+/g) ?? []) assert.ok(help.stdout.includes(flag), command)
  }
  assert.doesNotMatch(await errorOf('frobnicate'), /complete/)
  assert.match(await errorOf('taskdefs', 'create', '-f', 'none.yaml'), /^-f none\.yaml: there is no such file\.\n$/)
  assert.match(
    await errorOf('deploy', 'demo/shop', '--env', 'web:A=1'),
    /^\S+ has no container web; there is shop\.\n$/,
  )
  assert.match(
    await errorOf('scale', 'demo/shop', '3', '--cluster', 'other'),
    /^demo\/shop is in the cluster demo, and --cl/,
  )
  assert.equal((await cli(['scale', 'demo/shop', '3', '--cluster', 'other'])).code, 2)
  assert.equal((await cli(['api', 'GET', 'v1/ecs/me', '--query', 'name', '-o', 'tsv'])).stdout, 'admin\n')
  const signedIn = cliWithHome(newFolder())
  await signedIn(['login', url, '--name', 'here', '--token-stdin'], { stdin: token })
  const nope = await signedIn(['use', 'nope'])
  assert.deepEqual([nope.code, nope.stdout], [5, ''])
  assert.match(nope.stderr, /^The gateway of here has no account nope\.\nAll accounts: ecs-api accounts list\n$/)
  const later = await signedIn(['use', 'local/later'])
  assert.deepEqual([later.code, later.stdout], [0, 'Profile here uses local/later.\n'])
  assert.match(later.stderr, /no cluster later yet: ecs-api clusters create later/)
})

test('a word that belongs to a flag is answered with that flag, and --all with the words for it', async () => {
  const rejections: [words: string, error: RegExp][] = [
    ['deploy demo/shop nginx:1.30', /\nDid you mean: ecs-api deploy demo\/shop --image nginx:1.30\n$/],
    ['tasks list shop --service other', /^The argument is shop, and --service is other: give one of them\.\n$/],
    [
      'tasks list demo --cluster other',
      /^demo is in the cluster demo, and --cluster names other: give one of them\.\n$/,
    ],
    ['rollback demo/shop 5 --to 6', /^The argument is 5, and --to is 6: give one of them\.\n$/],
    ['tasks list --all', /no flag --all: it prints all pages\.\nWith each status: ecs-api tasks list --status ALL\n$/],
    ['services list --all', /no flag --all: it prints all pages, unless --limit ends it\.\n/],
  ]
  for (const [words, expected] of rejections) {
    const { code, stderr } = await cli(words.split(' '))
    assert.equal(code, 2, words)
    assert.match(stderr, expected)
    assert.doesNotMatch(stderr, /--yaml/)
  }
})

test('a value can stand as an argument in the place of its flag', async () => {
  const same: [argument: string, flag: string, listed: RegExp][] = [
    ['tasks list demo/shop', 'tasks list --service demo/shop', /^(demo\/[0-9a-f]{32}\n){2}$/],
    ['tasks list shop', 'tasks list --cluster demo --service shop', /^(demo\/[0-9a-f]{32}\n){2}$/],
    ['tasks list demo', 'tasks list --cluster demo', /^(demo\/[0-9a-f]{32}\n){3}$/],
    ['services list demo', 'services list --cluster demo', /^demo\/shop\n$/],
    ['services list local/demo', 'services list --cluster demo', /^demo\/shop\n$/],
    ['taskdefs list shop', 'taskdefs list --family shop', /^shop:1\n$/],
    ['audit list demo', 'audit list --cluster demo', /^(\S+\n){2,}$/],
    ['audit list demo/shop', 'audit list --cluster demo --service shop', /^(\S+\n){2}$/],
    ['rollback demo/shop 1 --plan --json', 'rollback demo/shop --to 1 --plan --json', /"release": 1,/],
    ['logs demo/shop shop --json', 'logs demo/shop --container shop --json', /^\{/],
  ]
  await api.post('/local/clusters/other/services?wait=STABLE', { name: 'other', taskDefinition: 'terminal', count: 1 })
  const { code, stderr } = await cli(['run', 'terminal', '--cluster', 'demo'])
  assert.equal(code, 0, stderr)
  for (const [argument, flag, listed] of same) {
    const [first, second] = [await cli([...argument.split(' '), '-q']), await cli([...flag.split(' '), '-q'])]
    assert.deepEqual([first.code, first.stderr], [0, second.stderr], argument)
    assert.match(first.stdout, listed, argument)
    assert.equal(first.stdout, second.stdout, argument)
  }
  assert.match((await cli(['logs', 'demo/shop', 'web'])).stderr, /no container has this name; there are shop/)
  assert.equal((await cli(['tasks', 'list', 'shpo'])).code, 5)
})

test('without a gateway, `version` prints the one of the command and how to start the gateway', async () => {
  const { code, stdout, stderr } = await cli(['version'], { env: { ECS_API_URL: 'http://127.0.0.1:1' } })
  assert.equal(code, 8)
  assert.match(stdout, /^ecs-api {2}\d\S+( \(.+\))?\n$/)
  assert.match(stderr, /\nStart the gateway: npm start, or ecs-api serve\nCheck the connection: ecs-api doctor\n$/)
  const folder = newFolder()
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'token'), token)
  const elsewhere = await cli(['whoami', '--url', url], {
    folder,
    env: { ECS_API_URL: '', ECS_API_TOKEN: '', HOME: folder, XDG_CONFIG_HOME: folder },
  })
  assert.equal(elsewhere.code, 4)
  assert.match(elsewhere.stderr, /^\.\/data\/token is not sent to http:\S+: its gateway does not run\.\n/)
})

test('--curl prints the change itself, and nothing is changed', async () => {
  const before = (await api.get('/local/clusters/demo/services/shop')).body.configVersion
  const patch = await cli(['deploy', 'demo/shop', '--image', 'nginx:1.30', '--curl'])
  assert.equal(patch.code, 0, patch.stderr)
  assert.match(patch.stdout, /^curl -X PATCH .*"nginx:1\.30".* 'http:\S+\/local\/clusters\/demo\/services\/shop'\n$/)
  const plan = await cli(['deploy', 'demo/shop', '--image', 'nginx:1.30', '--plan', '--curl'])
  assert.match(plan.stdout, /^curl -X PATCH .*\?dryRun=true'\n$/)
  assert.match(
    (await cli(['services', 'list', '--curl'])).stdout,
    /\/local\/services\?include=events&status=ALL&limit=1000'\n$/,
  )
  assert.equal((await api.get('/local/clusters/demo/services/shop')).body.configVersion, before)
})

test('an empty result prints no line, and logs are one document with --json', async () => {
  const empty = await cli(['services', 'list', '--query', 'items[?name==`none`].name', '-o', 'tsv'])
  assert.deepEqual([empty.code, empty.stdout], [0, ''])
  const document = JSON.parse((await cli(['logs', 'demo/shop', '--json'])).stdout)
  assert.deepEqual(document, { items: [], nextCursor: null })
  const labels = { dockerLabels: { 'ecs-api.simulated.pull-error': 'no such image' } }
  await registerDefinition('broken', { containerDefinitions: [{ name: 'shop', image: 'nginx', ...labels }] })
  const run = await cli(['run', 'broken', '--cluster', 'demo', '--wait', '--exit-with-task', '-q'])
  assert.equal(run.code, 6)
  assert.match(
    run.stderr,
    /\n✗ broken: Stopped before it started.* no such image\nWhy: ecs-api why demo\/[0-9a-f]{12}\n$/,
  )
  const logs = await cli(['logs', run.stdout.trim()])
  assert.match(logs.stderr, /has no lines, because it never started: .*no such image\nWhy: ecs-api why demo\//)
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
  const bare = await cli(['exec', 'demo/shop'])
  assert.deepEqual(
    [bare.code, /\nRun one command: ecs-api exec demo\/shop -- COMMAND\n$/.test(bare.stderr)],
    [10, true],
  )
  const disabled = await cli(['exec', 'demo/shop', '--', 'ls'])
  assert.equal(disabled.code, 125)
  assert.match(disabled.stderr, /^ExecNotEnabled: .*\nEnable it with a deployment: ecs-api deploy demo\/shop --exec\n/)
  assert.equal(JSON.parse((await cli(['exec', 'demo/shop', '--json', '--', 'ls'])).stderr).code, 'ExecNotEnabled')
  const roleless = await cli(['deploy', 'demo/shop', '--exec', '--yes'])
  assert.match(
    roleless.stderr,
    /ExecNoTaskRole: .*\n {2}\/enableExecuteCommand: .*\nRegister a revision with taskRoleArn/,
  )
  const enabled = await cli(['deploy', 'demo/shop', '--task-definition', 'terminal', '--exec', '--yes', '-q'])
  assert.equal(enabled.code, 0, enabled.stderr)
  const { stdout } = await cli(['services', 'get', 'demo/shop', '--query', 'enableExecuteCommand'])
  assert.equal(stdout, 'true\n')
  const simulated = await cli(['exec', 'demo/shop', '--', 'ls'])
  assert.match(
    simulated.stderr,
    /^ExecAgentNotRunning: .*Simulated containers run no commands\. For real containers start /,
  )
  assert.doesNotMatch(simulated.stderr, /restart the service/)
  const again = await cli(['deploy', 'demo/shop', '--exec', '--yes'])
  assert.deepEqual([again.code, /Nothing to do\.\n$/.test(again.stderr)], [0, true], again.stderr)
  const made = await cli(['services', 'create', 'demo/made', '--task-definition', 'terminal', '--exec', '--json'])
  assert.equal(JSON.parse(made.stdout).enableExecuteCommand, true)
})

// The command line through pipes, against a gateway on the engine: nouns, formats, context, tokens and exit codes.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import manifest from '../../packages/cli/package.json' with { type: 'json' }
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const { api, token } = program
const home = newFolder()
const cli = cliWithHome(home, { ECS_API_URL: url, ECS_API_TOKEN: token })
await api.post('/local/clusters', { name: 'prod' })
await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] })
await api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 2 })

test('nouns are listed and shown, in every format', async () => {
  const table = await cli(['services', 'list'])
  assert.deepEqual([table.code, table.stderr], [0, ''])
  assert.match(table.stdout, /^SERVICE +STATE +TASKS +DEFINITION +SENTENCE\nprod\/www +ok +2\/2 +web:1 +2 of 2 tasks/)
  const json = JSON.parse((await cli(['--json', 'service', 'ls', '--cluster', 'prod'])).stdout)
  const { body } = await api.get('/local/services')
  assert.deepEqual(json, { items: body.items, nextCursor: null })
  assert.equal((await cli(['services', 'list', '-q'])).stdout, 'prod/www\n')
  assert.match((await cli(['services', 'get', 'www', '--yaml'])).stdout, /^name: www$/m)
  assert.match((await cli(['services', 'list', '-o', 'tsv'])).stdout, /^prod\/www\tok\t2\/2\tweb:1\t/)
  assert.equal(JSON.parse((await cli(['services', 'list', '-o', 'jsonl'])).stdout).name, 'www')
  assert.match(
    (await cli(['services', 'list', '-o', 'wide'])).stdout,
    /LAUNCH +CREATED +SENTENCE\n.*FARGATE +\d{4}-\d\d-\d\dT/,
  )
  assert.equal(
    (await cli(['services', 'list', '--query', 'items[].[name, desiredCount]', '-o', 'tsv'])).stdout,
    'www\t2\n',
  )
  for (const noun of ['clusters', 'taskdefs', 'tasks', 'accounts', 'tokens', 'audit']) {
    const { code, stdout, stderr } = await cli([noun, 'list', '--json'])
    assert.equal(code, 0, `${noun}: ${stderr}`)
    assert.ok(Array.isArray(JSON.parse(stdout).items), noun)
  }
  await api.patch('/local/clusters/prod/services/www?dryRun=true', { count: 3 })
  await api.patch('/local/clusters/prod', { tags: { by: 'test' } })
  const audit = async (...args: string[]) =>
    (await cli(['audit', 'list', '--since', '15m', '--limit', '2', ...args])).stdout.replaceAll(/ {2,}/g, '  ')
  const change = '\\S+  admin  changed the cluster prod  done\n'
  const plan = '\\S+  admin  plan: scaled prod/www to 3 tasks  done\n'
  const creation = '\\S+  admin  created the service prod/www with web  deployed\n'
  assert.match(
    await audit('--cluster', 'prod', '--plans'),
    new RegExp(`^AT  CALLER  CHANGE  RESULT\n${change}${plan}$`),
  )
  assert.match(await audit('prod/www'), new RegExp(`^AT .*\n${creation}$`))
  assert.equal(await audit('prod/www', '-q', '--caller', 'nobody'), '')
  for (const noun of ['deployments', 'releases']) assert.equal((await cli([noun, 'list', 'prod/www'])).code, 0)
  const { items } = (await api.get('/local/clusters/prod/tasks')).body
  assert.equal((await cli(['ps', 'prod/www', '-q'])).stdout, (await cli(['tasks', 'list', '-q'])).stdout)
  const task = await cli(['task', 'get', items[0].id.slice(0, 8), '--query', 'id', '-o', 'tsv'])
  assert.equal(task.stdout, `${items[0].id}\n`)
})

test('help flags lists the flags of all commands, and mistyped words get a suggestion', async () => {
  assert.match((await cli(['help', 'flags'])).stdout, /^ {2}--url <url> +address of the gateway\n[\s\S]* {2}-y, --yes /)
  assert.doesNotMatch((await cli(['help', 'deploy'])).stdout, /--show-requests/)
  assert.match((await cli(['help', 'audit'])).stdout, /--since <time>/, 'a noun with one verb')
  const { stdout: causeAndProblem } = await cli(['help', 'DeploymentFailed'])
  assert.match(causeAndProblem, /\/docs\/causes\/DeploymentFailed\n[\s\S]*\/docs\/problems\/DeploymentFailed\n$/)
  assert.match((await cli(['help', 'EssentialContainerExited'])).stdout, /stop code of ECS[\s\S]*ecs-api why TASK\n$/)
  const format = await cli(['services', 'list', '-o', 'yml'])
  assert.deepEqual([format.code, /Did you mean yaml\?\n$/.test(format.stderr)], [2, true], format.stderr)
})

test('ecs-api alone prints short help in a pipe, and --version the commit of a checkout', async () => {
  const { code, stdout, stderr } = await cli([])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^ecs-api: .*\n\n {2}status \[service\][\s\S]*\nSign in: .* All commands: ecs-api help\n$/)
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' })
  const commit = git.status === 0 ? ` (${git.stdout.slice(0, 12)})` : ''
  assert.equal((await cli(['--version'])).stdout, `${manifest.version}${commit}\n`)
})

test('the examples of the help are commands', async () => {
  for (const words of [['open'], ['deploy'], ['services', 'list']]) {
    const { stdout } = await cli([...words, '--help'])
    assert.match(
      stdout,
      new RegExp(`\\nExamples:\\n( {2}ecs-api ${words.join(' ')}\\b.*\\n)+\\nFlags of all commands, .*\\n$`),
    )
  }
})

test('a list ends at its limit, and names the cursor', async () => {
  for (const name of ['limit-a', 'limit-b']) await api.post('/local/clusters', { name })
  const { items, nextCursor } = JSON.parse((await cli(['clusters', 'list', '--limit', '2', '--json'])).stdout)
  assert.equal(items.length, 2)
  assert.equal((await api.get(`/local/clusters?cursor=${encodeURIComponent(nextCursor)}`)).status, 200)
})

test('a service is created with one task, and its circuit breaker is off, on, or on with a rollback', async () => {
  const args = ['--task-definition', 'web', '--query', '[desiredCount, deploymentConfiguration]', '--json']
  for (const [mode, expected] of [
    ['rollback', [true, true]],
    ['on', [true, false]],
    ['off', [false, false]],
  ] as const) {
    const name = `prod/breaker-${mode}`
    const { code, stdout, stderr } = await cli(['services', 'create', name, ...args, '--circuit-breaker', mode])
    assert.equal(code, 0, stderr)
    const [count, { deploymentCircuitBreaker }] = JSON.parse(stdout)
    assert.equal(count, 1)
    const { enable = false, rollback = false } = deploymentCircuitBreaker ?? {}
    assert.deepEqual([enable, rollback], expected)
    assert.equal(/circuit breaker is off.*--circuit-breaker rollback/.test(stderr), mode === 'off', stderr)
  }
  const plan = await cli(['deploy', 'prod/breaker-off', '--image', 'nginx:1.30', '--plan'])
  assert.match(plan.stdout, /warning: The deployment circuit breaker is off.* deploy --circuit-breaker rollback\.\n/)
  const safe = await cli([
    'deploy',
    'prod/breaker-off',
    '--image',
    'nginx:1.30',
    '--circuit-breaker',
    'rollback',
    '--plan',
  ])
  assert.ok(!/circuit breaker is off/.test(safe.stdout), safe.stdout)
  assert.match((await cli(['deploy', 'www', '--circuit-breaker', 'no'])).stderr, /choices|rollback, on, off/i)
})

test('clusters, definitions, services and tokens are created, changed and deleted', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'cluster.yaml'), 'name: other\ntags: {team: web}\n')
  const mismatch = await cli(['clusters', 'create', 'made', '-f', 'cluster.yaml'], { folder })
  assert.equal(mismatch.code, 2)
  assert.match(mismatch.stderr, /cluster\.yaml names the cluster other, but the command names made\./)
  assert.equal((await cli(['clusters', 'create', 'made', '-q'])).stdout, 'made\n')
  writeFileSync(join(folder, 'web.yaml'), 'family: made\ncontainerDefinitions:\n  - name: web\n    image: nginx:1.29\n')
  assert.equal((await cli(['taskdefs', 'create', '-f', 'web.yaml', '-q'], { folder })).stdout, 'made:1\n')
  const created = await cli(['services', 'create', 'made/www', '--task-definition', 'made', '--count', '1', '-q'])
  assert.equal(created.stdout, 'made/www\n', created.stderr)
  const updated = await cli(['services', 'update', 'made/www', '-f', '-', '--json'], { stdin: '{"count": 0}' })
  assert.equal(JSON.parse(updated.stdout).desiredCount, 0)
  const refused = await cli(['services', 'delete', 'made/www', '--force'])
  assert.equal(refused.code, 10)
  assert.match(refused.stderr, /no terminal to ask at\.\nConfirm with --yes\./)
  assert.equal((await cli(['services', 'delete', 'made/www', '--force', '--yes'])).code, 0)
  assert.equal((await cli(['clusters', 'update', 'made', '-f', '-'], { stdin: 'tags: {a: "1"}' })).code, 0)
  assert.equal((await api.get('/local/clusters/made')).body.tags.a, '1')
  assert.equal((await cli(['taskdefs', 'delete', 'made:1', '-y', '-q'])).stdout, 'made:1\n')
  const value = await cli([
    'tokens',
    'create',
    'ci',
    '--role',
    'viewer',
    '--for-cluster',
    'prod',
    '--query',
    'token',
    '-o',
    'tsv',
  ])
  const me = await cli(['whoami', '--json'], { env: { ECS_API_TOKEN: value.stdout.trim() } })
  assert.deepEqual(JSON.parse(me.stdout).clusters, ['prod'])
  assert.equal((await cli(['tokens', 'rotate', 'ci', '--yes'])).code, 0)
  assert.equal((await cli(['whoami'], { env: { ECS_API_TOKEN: value.stdout.trim() } })).code, 4)
  assert.equal((await cli(['tokens', 'rm', 'ci', '--yes'])).code, 0)
})

test('errors of a file are shown at their line and column, all at once', async () => {
  const folder = newFolder()
  writeFileSync(
    join(folder, 'bad.yaml'),
    'family: web\ncpus: 3\ncontainerDefinitions:\n  - name: web\n    imag: nginx\n' +
      '    dockerLabels:\n      80: [1]\n      "81": [1]\n',
  )
  const { code, stderr } = await cli(['taskdefs', 'create', '-f', 'bad.yaml'], { folder })
  assert.equal(code, 3)
  assert.match(stderr, /^bad\.yaml:2:7: \/cpus .*/m)
  assert.match(stderr, /^bad\.yaml:5:11: \/containerDefinitions\/0\/imag .*did you mean image/m)
  assert.match(stderr, /^bad\.yaml:7:11: \/containerDefinitions\/0\/dockerLabels\/80 /m)
  assert.match(stderr, /^bad\.yaml:8:13: \/containerDefinitions\/0\/dockerLabels\/81 /m)
  const document = await cli(['taskdefs', 'create', '-f', 'bad.yaml', '--json'], { folder })
  assert.equal(JSON.parse(document.stderr).code, 'InvalidBody')
  const empty = await cli(['services', 'update', 'prod/www', '-f', '-'], { folder })
  assert.deepEqual([empty.code, empty.stderr], [3, 'InvalidBody:\n-:1:1: null where an object is expected\n'])
})

test('each kind of failure has its exit code', async () => {
  const closedServer = createServer()
  await new Promise<void>((resolve) => closedServer.listen(0, '127.0.0.1', resolve))
  const { port } = closedServer.address() as { port: number }
  await new Promise((resolve) => closedServer.close(resolve))
  const cases: [code: number, args: string[], stderr: RegExp, env?: Record<string, string>][] = [
    [2, ['nonsense'], /^There is no command nonsense\. Nearest: \S+, \S+, \S+\.$/m],
    [2, ['services', 'lst'], /Nearest: services list/],
    [2, ['services', 'list', '--limitt', '3'], /unknown option '--limitt'[\s\S]*--limit/i],
    [2, ['services', 'list', '--limit', 'x'], /not a whole number/],
    [2, ['services', 'list', '--limit', '0'], /--limit must be at least 1/],
    [2, ['clusters', 'get', 'a', 'b'], /too many arguments/i],
    [2, ['services', 'get', 'a//b'], /"a\/\/b" is not a service/],
    [2, ['services', 'list', '--query', 'items['], /--query: /],
    [3, ['clusters', 'create', 'prod'], /^ClusterAlreadyExists: /],
    [3, ['clusters', 'create', 'not a name'], /InvalidBody/],
    [4, ['services', 'list', '--account', 'local'], /^Unauthorized|Sign in: ecs-api login$/m, { ECS_API_TOKEN: 'x' }],
    [
      5,
      ['services', 'get', 'prod/none'],
      /^ServiceNotFound: .*\nAll services: .*\nMore: ecs-api help ServiceNotFound\nrequest /,
    ],
    [8, ['accounts', 'list'], /no response/, { ECS_API_URL: `http://127.0.0.1:${port}` }],
    [10, ['taskdefs', 'delete', 'web:1'], /Confirm with --yes/],
    [10, ['scale', 'prod/www', '0'], /^Stop all 2 tasks of prod\/www\? There is no .*\nConfirm with --yes\.\n$/],
  ]
  const results = await Promise.all(cases.map(([, args, , env = {}]) => cli(args, { env })))
  for (const [i, [code, args, stderr]] of cases.entries()) {
    assert.equal(results[i]!.code, code, `${args.join(' ')}: ${results[i]!.stderr}`)
    assert.match(results[i]!.stderr, stderr, args.join(' '))
    assert.equal(results[i]!.stdout, '', args.join(' '))
  }
})

// The command line on a pseudo-terminal: widths, colour, questions, live progress, Ctrl-C, and a terminal in a
// container.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { parse } from 'yaml'
import { startScriptedSessions } from '../../packages/gateway/src/testing/scripted-sessions.ts'
import { cliWithHome, launcherPath, newFolder } from './cli-process.ts'
import { plainText, startOnTerminal } from './pseudo-terminal.ts'

const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed'
const { program, url } = await startScriptedSessions()
const { api, token } = program
const home = newFolder()
const variables = { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_ACCOUNT: 'local' }
const cli = cliWithHome(home, variables)
const startCommand = (args: readonly string[], more: { columns?: number; env?: Record<string, string> } = {}) =>
  startOnTerminal(args, { home, ...more, env: { ...variables, ...more.env } })
const runOnTerminal = async (args: readonly string[], more: Parameters<typeof startCommand>[1] = {}) => {
  const { ended, output } = startCommand(args, more)
  return { code: await ended, output: output() }
}

const image = 'registry.example/team/a-service-with-a-long-name:2026-11-29'
const slow = { dockerLabels: { 'ecs-api.simulated.pull-delay': '600' } }
await api.post('/local/clusters', { name: 'prod' })
await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image }] })
await api.post('/local/taskdefs', { family: 'slow', containerDefinitions: [{ name: 'web', image, ...slow }] })
const createService = (name: string, taskDefinition = 'web', query = '?wait=STABLE') =>
  api.post(`/local/clusters/prod/services${query}`, { name, taskDefinition, count: 2 })
await createService('www')

test('tables fit terminals of 80 and 200 columns, and are whole in a pipe', { skip }, async () => {
  // Ages and times differ from run to run, and widths from terminal to terminal.
  const normalized = (text: string) =>
    plainText(text)
      .replace(/\d+ (s|min)\b/g, 'N s')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/ {2,}/g, '  ')
  assert.equal(
    normalized((await runOnTerminal(['services', 'list'], { columns: 200 })).output),
    'SERVICE  STATE  TASKS  DEFINITION  SENTENCE\nprod/www  ok  2/2  web:1  2 of 2 tasks running, steady for N s.\n',
  )
  assert.equal(
    normalized((await runOnTerminal(['releases', 'list', 'www', '--cluster', 'prod'], { columns: 200 })).output),
    `RELEASE  NOW  OUTCOME  CHANGE  DEFINITION  CREATED  BY  IMAGES\n  1  current  stable  first  web:1  N s ago  admin  ${image}\n`,
  )
  const narrow = normalized(
    (await runOnTerminal(['releases', 'list', 'www', '--cluster', 'prod'], { columns: 100 })).output,
  )
  assert.match(narrow, /^RELEASE {2}NOW {2}OUTCOME {2}CHANGE {2}DEFINITION {2}CREATED {2}BY {2}IMAGES\n/)
  assert.match(narrow, /registry\.\S*…\S*11-29\n$/, 'images are shortened in the middle')
  const { output: narrowest } = await runOnTerminal(['services', 'list'], { columns: 60 })
  assert.match(normalized(narrowest), /^SERVICE {2}STATE {2}TASKS {2}SENTENCE\n/, 'the lowest keepPriority is dropped')
  const pipe = await cli(['releases', 'list', 'www', '--cluster', 'prod'])
  assert.equal(
    normalized(pipe.stdout),
    `RELEASE  NOW  OUTCOME  CHANGE  DEFINITION  CREATED  BY  IMAGES\n  1  current  stable  first  web:1  TIME  admin  ${image}\n`,
  )
  const { output } = await runOnTerminal(['tasks', 'list', '-o', 'wide'], { columns: 80 })
  for (const line of plainText(output).split('\n')) assert.ok(line.length <= 80, line)
})

test('lists break their sentences into lines, so that the reason of a failure stays', { skip }, async () => {
  const failing = { dockerLabels: { 'ecs-api.simulated.pull-error': 'pull access denied for web' } }
  await api.post('/local/taskdefs', { family: 'failing', containerDefinitions: [{ name: 'web', image, ...failing }] })
  const create = ['services', 'create', 'prod/failing', '--task-definition', 'failing', '--circuit-breaker', 'rollback']
  assert.equal((await cli([...create, '--wait'])).code, 6)
  const { output } = await runOnTerminal(['deployments', 'list', 'prod/failing'], { columns: 80 })
  const lines = plainText(output).trimEnd().split('\n')
  assert.match(lines[0]!, /^DEPLOYMENT +STATUS +STARTED +SENTENCE$/)
  for (const line of lines) assert.ok(line.length <= 80, line)
  const sentenceStart = lines[0]!.indexOf('SENTENCE')
  const sentence = lines
    .slice(1)
    .map((line) => line.slice(sentenceStart))
    .join(' ')
  assert.match(sentence, /^The deployment failed; ECS could not roll it back: No rollback candidate was found to run/)
  assert.match(sentence, /the rollback\.$/)
  await api.delete('/local/clusters/prod/services/failing?force=true&wait=INACTIVE')
})

test('a question is asked on the terminal while standard input carries the file', { skip }, async () => {
  const pipe = `echo '{"count": 3}' | "$0" "$@" deploy prod/www -f -`
  const command = ['sh', '-c', pipe, process.execPath, launcherPath]
  const refused = startOnTerminal([], { home, env: variables, command })
  await refused.waitFor(/Continue\? \[y\/N\]/)
  refused.type('n\r')
  assert.equal(await refused.ended, 3)
  const accepted = startOnTerminal([], { home, env: variables, command })
  await accepted.waitFor(/Continue\? \[y\/N\]/)
  accepted.type('y\r')
  assert.equal(await accepted.ended, 0, accepted.output())
  assert.equal((await api.get('/local/clusters/prod/services/www')).body.desiredCount, 3)
  await api.patch('/local/clusters/prod/services/www?wait=STABLE', { count: 2 })
})

test('on a terminal, a plan shows the values of the flags, but not of variables that sound like a secret', {
  skip,
}, async () => {
  const args = [
    'deploy',
    'prod/www',
    '--env',
    'LEVEL=debug',
    '--env',
    'API_TOKEN=abc',
    '--command',
    'sleep 60',
    '--plan',
  ]
  const { output } = await runOnTerminal(args)
  const text = plainText(output)
  assert.match(text, /\+ \/containers\/web\/command {2}\["sleep","60"\]\n/)
  assert.match(text, /environment\/LEVEL {2}debug\n {2}\+ \/containers\/web\/environment\/API_TOKEN {2}\(hidden\)\n/)
  const unsized = await runOnTerminal(args, { columns: 0 })
  assert.match(plainText(unsized.output), /\["sleep","60"\]/, 'a terminal that says that it has 0 columns')
})

test('scale to 0 asks on a terminal; stopping a task that a service replaces does not', { skip }, async () => {
  const scaling = startCommand(['scale', 'prod/www', '0'])
  await scaling.waitFor(/Stop all 2 tasks of prod\/www\? \[y\/N\]/)
  scaling.type('n\r')
  assert.equal(await scaling.ended, 3)
  const { items } = (await api.get('/local/clusters/prod/services/www/tasks')).body
  const listed = plainText((await runOnTerminal(['tasks', 'list', '--cluster', 'prod'], { columns: 100 })).output)
  assert.match(listed, new RegExp(`^${items[0].id.slice(0, 8)} `, 'm'), 'eight digits are enough')
  const { code, output } = await runOnTerminal(['stop', items[0].id.slice(0, 8)])
  assert.equal(code, 0, output)
})

test('colour is on a terminal only, and NO_COLOR, TERM=dumb, --color and formats of programs turn it off', {
  skip,
}, async () => {
  const controlStart = '\u001b'
  const green = new RegExp(`${controlStart}\\[32m`)
  assert.match((await runOnTerminal(['services', 'list'])).output, green)
  assert.doesNotMatch((await runOnTerminal(['services', 'list'], { env: { NO_COLOR: '1' } })).output, green)
  assert.doesNotMatch((await runOnTerminal(['services', 'list'], { env: { TERM: 'dumb' } })).output, green)
  assert.doesNotMatch((await runOnTerminal(['services', 'list', '--color', 'never'])).output, green)
  for (const format of ['json', 'yaml', 'tsv', 'name', 'jsonl'])
    assert.doesNotMatch((await runOnTerminal(['services', 'list', '-o', format, '--color', 'always'])).output, green)
  assert.doesNotMatch((await cli(['services', 'list'])).stdout, green)
  assert.match((await cli(['services', 'list', '--color', 'always'])).stdout, green)
  assert.match((await cli(['services', 'list'], { env: { FORCE_COLOR: '1' } })).stdout, green)
  const { output } = await runOnTerminal(['clusters', 'list', '--account', 'remote', '--json'])
  assert.deepEqual(
    JSON.parse(output.replaceAll('\r', '')),
    JSON.parse((await cli(['clusters', 'list', '--account', 'remote', '--json'])).stdout),
  )
})

test('ecs-api alone shows the context, the status and six commands', { skip }, async () => {
  const { code, output } = await runOnTerminal([], { env: { ECS_API_CLUSTER: 'prod' } })
  assert.equal(code, 0)
  assert.match(
    plainText(output),
    /^gateway {2}http:\S+\nprofile {2}-\naccount {2}local\ncluster {2}prod\n\nlocal {2}\w+ {2}.+\n\n( {2}ecs-api .+\n){6}\nAll commands: ecs-api help\n$/,
  )
  assert.match(
    plainText((await runOnTerminal([], { env: { ECS_API_TOKEN: '' } })).output),
    /\nSign in: ecs-api login URL/,
  )
  const noGateway = { ECS_API_TOKEN: '', ECS_API_URL: '' }
  const { output: without } = await runOnTerminal([], { columns: 200, env: noGateway })
  assert.match(plainText(without), /\nNo gateway runs with the data folder in this folder\. Start one here: npm start/)
})

test('long messages are broken between words, and commands in them stay whole', { skip }, async () => {
  const noGateway = { ECS_API_TOKEN: '', ECS_API_URL: '' }
  const { output: page } = await runOnTerminal([], { columns: 78, env: noGateway })
  assert.match(
    plainText(page),
    /\nNo gateway runs with the data folder in this folder\.\nStart one here: npm start, or ecs-api serve\.\nName another one: ecs-api login URL, or --url URL\n$/,
  )
  const occupied = { ECS_API_LISTEN: new URL(url).host, ECS_API_ACCOUNTS_LOCAL_MODE: 'local' }
  const env = { ...occupied, ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated', ECS_API_URL: '', ECS_API_ACCOUNT: '' }
  const { code, output } = await runOnTerminal(['serve'], { columns: 60, env })
  assert.equal(code, 11, output)
  assert.match(
    plainText(output),
    /^ecs-api cannot start: listen EADDRINUSE: address already in\n {2}use 127\.0\.0\.1:\d+\.\nAnother process listens there: stop that one, or name\n {2}another address by `listen`\.\nA free port: ECS_API_LISTEN=127\.0\.0\.1:0 ecs-api serve\n/m,
  )
})

test('ecs-api alone shows its page when the gateway refuses connections or never answers', { skip }, async () => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  after(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const silentUrl = `http://127.0.0.1:${(silent.address() as { port: number }).port}`
  for (const [ECS_API_URL, reason] of [
    ['http://127.0.0.1:1', /\n\nGET http:\S+: no response \(.*\)\.\n\n/s],
    [silentUrl, /\n\nhttp:\S+ gave no answer within 5 s\.\n\n/],
  ] as const) {
    const { code, output } = await runOnTerminal([], { columns: 200, env: { ECS_API_URL } })
    assert.equal(code, 0, output)
    assert.match(plainText(output), reason)
    assert.match(plainText(output), /( {2}ecs-api .+\n){6}\nAll commands: ecs-api help\n$/)
  }
})

test('an empty list says the next step on a terminal, and is a header in a pipe', { skip }, async () => {
  const args = ['services', 'list', '--account', 'remote']
  assert.match(plainText((await runOnTerminal(args)).output), /^No services\. Create one: /)
  const { stdout, stderr } = await cli(args)
  assert.deepEqual([stdout, stderr], ['SERVICE  STATE  TASKS  DEFINITION  SENTENCE\n', ''])
})

test('deploy asks, draws one block, and leaves its last state above the verdict', { skip }, async () => {
  const args = ['deploy', 'prod/www', '--env', 'LEVEL=debug']
  const declined = startCommand(args)
  await declined.waitFor(/Continue\? \[y\/N\]/)
  declined.type('n\r')
  assert.equal(await declined.ended, 3)
  assert.match(declined.output(), /Nothing was changed\./)
  const confirmed = startCommand(args)
  await confirmed.waitFor(/Continue\? \[y\/N\]/)
  confirmed.type('y\r')
  assert.equal(await confirmed.ended, 0, confirmed.output())
  const blocks = confirmed.output().split('\u001b[2K')
  assert.ok(blocks.length > 4, 'the block is drawn more than once')
  assert.match(confirmed.output().replaceAll('\u001b', 'ESC'), /ESC\[\d+A\r?ESC\[2K/, 'it is drawn over the one before')
  const end = plainText(confirmed.output())
  assert.match(
    end,
    /web:2 +■■ +2 of 2 running\n[\s\S]*\n?✓ prod\/www runs web:2: 2 of 2 tasks running after 0:\d\d\.\nservice/,
  )
})

test('progress is plain on a terminal in CI, and absent where it is not wanted', { skip }, async () => {
  const { output } = await runOnTerminal(['restart', 'prod/www'], { env: { CI: 'true' } })
  assert.match(plainText(output), /^\d{4}-\S+Z Restarting prod\/www/)
  assert.ok(!output.includes('\u001b[2K'))
  const none = await runOnTerminal(['restart', 'prod/www', '--progress', 'none', '--quiet'])
  assert.match(plainText(none.output), /^service +prod\/www\n/)
})

test('Ctrl-C stops watching with 130, and a second one is not needed', { skip }, async () => {
  await createService('late', 'slow', '')
  const run = startCommand(['watch', 'prod/late'])
  await run.waitFor(/slow:1/)
  run.type('\u0003')
  assert.equal(await run.ended, 130)
  assert.match(plainText(run.output()), /The deployment continues\.\nWatch it: ecs-api watch prod\/late/)
})

test('a name is typed to confirm a deletion', { skip }, async () => {
  await createService('gone')
  const wrong = startCommand(['services', 'delete', 'prod/gone', '--force'])
  await wrong.waitFor(/Type its name/)
  wrong.type('gon\r')
  assert.equal(await wrong.ended, 3)
  const right = startCommand(['services', 'delete', 'prod/gone', '--force'])
  await right.waitFor(/Type its name/)
  right.type('gone\r')
  assert.equal(await right.ended, 0)
})

test('login reads the token without echo', { skip }, async () => {
  const run = startOnTerminal(['login', url, '--name', 'asked'], { home })
  await run.waitFor(/Token for/)
  run.type(`${token}\r`)
  assert.equal(await run.ended, 0, run.output())
  assert.ok(!run.output().includes(token))
  const me = await cliWithHome(home)(['whoami', '--query', 'name', '-o', 'tsv', '--profile', 'asked'])
  assert.equal(me.stdout, 'admin\n', me.stderr)
})

test('control sequences in texts of ECS and of containers do not reach the terminal', { skip }, async () => {
  const hostile = 'x\u001b]0;title\u0007\u001b[2J\u202e\u009b2J'
  const dockerLabels = { 'ecs-api.simulated.pull-error': hostile }
  await api.post('/local/taskdefs', { family: 'hostile', containerDefinitions: [{ name: 'web', image, dockerLabels }] })
  const run = await api.post('/local/clusters/prod/tasks?wait=STOPPED', { taskDefinition: 'hostile' })
  const id = run.body.items[0].id
  assert.ok(run.body.items[0].stoppedReason.includes(hostile), run.text)
  for (const args of [
    ['tasks', 'get', id],
    ['tasks', 'list', '--status', 'STOPPED'],
    ['why', id],
    ['tasks', 'get', id, '-o', 'yaml'],
  ]) {
    const { output } = await runOnTerminal(args, { columns: 200 })
    assert.match(output, /x|Stopped/)
    for (const sequence of ['\u001b]', '\u001b[2J', '\u0007', '\u202e', '\u009b'])
      assert.ok(!output.includes(sequence), args.join(' '))
  }
  const json = JSON.parse((await cli(['tasks', 'get', id, '--json'])).stdout)
  assert.ok(json.stoppedReason.includes(hostile), 'JSON has the text itself')
  const yaml = parse((await cli(['tasks', 'get', id, '-o', 'yaml'])).stdout)
  assert.ok(yaml.stoppedReason.includes(hostile), 'and so has YAML')
})

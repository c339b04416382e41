// Each exit code of `ecs-api help exit-codes` through a pipe. Code 1 has a unit test: no command must reach it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodeMeanings } from '../../packages/cli/src/errors.ts'
import { newLoggedService } from '../../packages/gateway/src/testing/logged-service.ts'
import { startScriptedSessions } from '../../packages/gateway/src/testing/scripted-sessions.ts'
import { type CliResult, cliWithHome, environmentWithHome, newFolder, runInBash } from './cli-process.ts'

const { program, url, agents, standIn, aws } = await startScriptedSessions()
const { api, token } = program
const home = newFolder()
const variables = { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_ACCOUNT: 'local', ECS_API_CLUSTER: 'prod' }
const runCommand = cliWithHome(home, variables)
/** The exit codes of all commands so far, and 1. */
const seenCodes = new Set([1])
const cli: typeof runCommand = async (...args) => {
  const result = await runCommand(...args)
  seenCodes.add(result.code ?? -1)
  return result
}
const expectExit = ({ code, stdout, stderr }: CliResult, wanted: number, text: RegExp) => {
  assert.equal(code, wanted, stdout + stderr)
  assert.match(stderr, text)
}

const registerDefinition = (family: string, labels: Record<string, string> = {}) =>
  api.post('/local/taskdefs', {
    family,
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx:1.29',
        dockerLabels: Object.fromEntries(
          Object.entries(labels).map(([name, value]) => [`ecs-api.simulated.${name}`, value]),
        ),
      },
    ],
  })
const scriptedTask = 'remote/prod/0123456789abcdef0123456789abcdef'
await api.post('/local/clusters', { name: 'prod' })
await registerDefinition('web')
await registerDefinition('slow', { 'pull-delay': '600' })
await registerDefinition('exits-3', { 'exit-after': '0', 'exit-code': '3' })
await api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 1 })
await api.post('/local/clusters/prod/services', { name: 'late', taskDefinition: 'slow', count: 1 })
test('each failure exits with its code from 0 to 10', async () => {
  assert.equal((await cli(['services', 'list'])).code, 0)
  expectExit(await cli(['nonsense']), 2, /There is no command nonsense/)
  expectExit(await cli(['clusters', 'create', 'prod']), 3, /^ClusterAlreadyExists: /)
  expectExit(await cli(['services', 'list'], { env: { ECS_API_TOKEN: 'wrong' } }), 4, /Sign in: ecs-api login/)
  expectExit(await cli(['services', 'get', 'none']), 5, /^ServiceNotFound: /)
  expectExit(await cli(['run', 'exits-3', '--wait']), 6, /✗ exits-3: .*code 3/)
  expectExit(await cli(['watch', 'late', '--timeout', '1s']), 7, /the deployment continues \(--timeout\)/)
  expectExit(await cli(['services', 'list'], { env: { ECS_API_URL: 'http://127.0.0.1:1' } }), 8, /no response/)
  const plan = await cli(['deploy', 'www', '--env', 'A=1', '--plan', '--exit-code'])
  assert.deepEqual([plan.code, plan.stderr], [9, ''])
  expectExit(await cli(['deploy', 'www', '--env', 'A=1']), 10, /Confirm with --yes/)
})

test('exec exits with the code of the command in the container, and with 125 when exec itself fails', async () => {
  let command = ''
  const { promise: sessionStarted, resolve: onSessionStart } = Promise.withResolvers<void>()
  const respond = standIn.responses.get('ExecuteCommand')!
  standIn.responses.set('ExecuteCommand', (input) => {
    command = String(input.command)
    onSessionStart()
    return respond(input)
  })
  // This exit code is not collected: it is the one of the command in the container.
  const running = runCommand(['exec', scriptedTask, '--', 'ls', '/none'])
  await sessionStarted
  const channel = await agents.connection()
  const [, markerStart, markerEnd] = / sh ([0-9a-f]{24}) ([0-9a-f]{24}) /.exec(command)!
  channel.output(0, `no such file\r\n${markerStart}${markerEnd}:2\r\n`)
  const { code, stdout, stderr } = await running
  assert.deepEqual([code, stdout, stderr], [2, 'no such file\r\n', ''])
  const { items } = (await api.get('/local/clusters/prod/services/www/tasks')).body
  expectExit(await cli(['exec', items[0].id, '--', 'env']), 125, /ECS Exec|enableExecuteCommand/)
  expectExit(await cli(['exec', 'none', '--', 'env']), 125, /none/)
})

test('SIGINT exits with 130, and SIGTERM with 143', async () => {
  const watch = (signal: 'SIGINT' | 'SIGTERM') => cli(['watch', 'late'], { signalAfter: /slow:1: 0 of 1/, signal })
  expectExit(await watch('SIGINT'), 130, /The deployment continues\./)
  expectExit(await watch('SIGTERM'), 143, /The deployment continues\./)
})

test('metrics are a table in a pipe, and the API’s object as JSON', async () => {
  const table = await cli(['metrics', 'www'])
  assert.match(table.stdout, /^METRIC +STATISTIC +UNIT +NOW +LEAST +MOST +COURSE\ncpu +average +percent /)
  const { series } = JSON.parse((await cli(['metrics', 'www', '--since', '1h', '--json'])).stdout)
  assert.deepEqual(
    series.map(({ name }: { name: string }) => name),
    (await api.get('/local/clusters/prod/services/www/metrics?since=1h')).body.series.map(
      ({ name }: { name: string }) => name,
    ),
  )
})

test('logs --previous shows the lines of the last stopped task', async () => {
  const logged = await newLoggedService(program, aws, { account: 'remote', cluster: 'previous' })
  const [task] = await logged.taskIds()
  const contextFlags = ['--account', 'remote', '--cluster', 'previous']
  expectExit(await cli(['logs', 'www', '--previous', ...contextFlags]), 5, /No stopped task of previous\/www is known/)
  await logged.write(task!, 'web', [{ timestamp: Date.now(), message: 'the last words' }])
  await api.delete(`/remote/clusters/previous/tasks/${task}?wait=STOPPED`)
  const { stdout } = await cli(['logs', 'www', '--previous', ...contextFlags])
  assert.match(stdout, new RegExp(`^\\S+Z ${task!.slice(0, 8)} web {2}the last words\\n$`))
  expectExit(await cli(['logs', task!, '--previous', ...contextFlags]), 2, /--previous is for a service/)
})

test('a gateway that cannot start exits with 11, and not with 1, the code of a bug', async () => {
  expectExit(await cli(['serve', '--config', 'none.yaml']), 11, /none\.yaml/)
})

test('a result that cannot be written exits with 12', async () => {
  const script = 'ecs-api services list 1</dev/null'
  const result = await runInBash(script, { env: environmentWithHome(home, variables), folder: home })
  seenCodes.add(result.code ?? -1)
  expectExit(result, 12, /^The result could not be written: .+\.$/)
})

test('the tests above have seen every exit code of the table', () => {
  const codesOfTable = exitCodeMeanings.map(([code]) => Number(code))
  assert.deepEqual(
    [...seenCodes].sort((a, b) => a - b),
    codesOfTable,
  )
})

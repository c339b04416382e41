// The command logs: pages, limits and notes.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { definitionWithLogs, logsClient, newLoggedService } from '../../packages/gateway/src/testing/logged-service.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, environmentWithHome, launcherPath, newFolder, runInBash } from './cli-process.ts'

const aws = await startEngineOverTcp()
const program = await startTestProgram({ accounts: [aws.account('remote')] })
const { url } = await program.listen()
const variables = { ECS_API_URL: url, ECS_API_TOKEN: program.token, ECS_API_ACCOUNT: 'remote' }
const cli = cliWithHome(newFolder(), variables)
const service = await newLoggedService(program, aws, { account: 'remote', cluster: 'prod' })
const [task = ''] = await service.taskIds()
const count = 1_500
const firstLineMs = Date.now() - count * 100
await service.write(
  task,
  'web',
  Array.from({ length: count }, (_, i) => ({ timestamp: firstLineMs + i * 100, message: `line ${i}` })),
)

test('--since prints each line once, in order, and requests each page once', async () => {
  const { code, stdout, stderr } = await cli(['logs', 'prod/www', '--since', '1h', '--raw', '--show-requests'])
  assert.equal(code, 0, stderr)
  assert.equal(stdout, Array.from({ length: count }, (_, i) => `line ${i}\n`).join(''))
  const requests = stderr.match(/^curl .*\/logs\?.*$/gm) ?? []
  assert.equal(requests.length, 2, stderr)
  assert.equal(requests.filter((line) => line.includes('cursor=')).length, 1, stderr)
})

test('--lines prints the newest lines', async () => {
  const { stdout } = await cli(['logs', 'prod/www', '--lines', '2', '--raw'])
  assert.equal(stdout, `line ${count - 2}\nline ${count - 1}\n`)
})

test('--lines with --since prints the newest of the lines since then', async () => {
  const { stdout, stderr } = await cli(['logs', 'prod/www', '--since', '1h', '--lines', '2', '--raw'])
  assert.deepEqual([stdout, stderr], [`line ${count - 2}\nline ${count - 1}\n`, ''])
  const later = new Date(Date.now() + 3_600_000).toISOString()
  const none = await cli(['logs', 'prod/www', '--since', later, '--lines', '2', '--raw'])
  assert.deepEqual([none.code, none.stdout, none.stderr], [0, '', 'There are no such lines.\n'])
  assert.equal((await cli(['logs', 'prod/www', '--since', 'yesterday', '--lines', '2'])).code, 3)
})

test('a number of lines that cannot be printed is a usage error', async () => {
  for (const lines of ['0', '10001']) {
    const { code, stderr } = await cli(['logs', 'prod/www', '--lines', lines])
    assert.equal(code, 2)
    assert.match(stderr, /--lines must be from 1 to 10000\. For more, give --since/)
  }
  const follow = await cli(['logs', 'prod/www', '--follow', '--lines', '5', '--since', '1h'])
  assert.equal(follow.code, 2)
  assert.match(follow.stderr, /With --follow, give either --lines or --since/)
})

test('--follow with --lines begins with that number of lines', { timeout: 60_000 }, async () => {
  const follow = spawn(process.execPath, [launcherPath, 'logs', 'prod/www', '-f', '-n', '5', '--raw'], {
    env: { ...environmentWithHome(newFolder()), ...variables },
  })
  let printed = ''
  const hasLastLine = Promise.withResolvers<void>()
  follow.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (printed.includes(`line ${count - 1}\n`)) hasLastLine.resolve()
  })
  await hasLastLine.promise
  follow.kill('SIGINT')
  assert.deepEqual(await once(follow, 'close'), [130, null])
  assert.equal(printed, Array.from({ length: 5 }, (_, i) => `line ${count - 5 + i}\n`).join(''))
})

test('a log group that cannot be read is named, and lines of others are printed', async () => {
  const logs = logsClient(aws)
  const twoGroups = await newLoggedService(program, aws, { account: 'remote', cluster: 'mixed' })
  const definition = definitionWithLogs('mixed', ['web', 'side'], twoGroups.group) as {
    containerDefinitions: { logConfiguration: { options: Record<string, string> } }[]
  }
  definition.containerDefinitions[1]!.logConfiguration.options['awslogs-group'] = '/ecs/side'
  await logs.createLogGroup({ logGroupName: '/ecs/side' })
  assert.equal((await program.api.post('/remote/taskdefs', definition)).status, 201)
  assert.equal((await program.api.patch(`${twoGroups.path}?wait=STABLE`, { taskDefinition: 'mixed' })).status, 200)
  await logs.deleteLogGroup({ logGroupName: '/ecs/side' })
  const empty = await cli(['logs', 'mixed/www'])
  assert.deepEqual([empty.code, empty.stdout], [0, ''])
  assert.match(empty.stderr, /^log group \/ecs\/side: \S.*\n$/)
  const { unavailable } = JSON.parse((await cli(['logs', 'mixed/www', '--json'])).stdout)
  assert.equal(unavailable[0].part, 'log group /ecs/side')
  const [id = ''] = await twoGroups.taskIds()
  await twoGroups.write(id, 'web', [{ timestamp: Date.now(), message: 'here' }])
  const { stderr } = await cli(['logs', 'mixed/www', '--follow', '--raw'], { signalAfter: /here\n/ })
  assert.match(stderr, /^log group \/ecs\/side: \S.*\n/)
})

test('--curl with --follow prints one request, which is for a stream', async () => {
  for (const [args, path] of [
    [['logs', 'prod/www', '-f'], 'services/www/logs?follow=true'],
    [['logs', `prod/${task}`, '-f'], `tasks/${task}/logs?follow=true`],
  ] as const) {
    const { code, stdout, stderr } = await cli([...args, '--curl'])
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(
      stdout,
      `curl -N -H 'accept: text/event-stream' -H "authorization: Bearer $TOKEN" '${url}/v1/ecs/remote/clusters/prod/${path}'\n`,
    )
  }
})

test('--follow ends quietly with 0 at the first line after its reader has left', async () => {
  const script = 'ecs-api logs prod/www -f --lines 1 --raw | head -1; echo $PIPESTATUS'
  const folder = newFolder()
  let hasEnded = false
  const ended = runInBash(script, { env: environmentWithHome(folder, variables), folder }).finally(() => {
    hasEnded = true
  })
  for (let i = 0; !hasEnded; i++) await service.write(task, 'web', [{ timestamp: Date.now(), message: `later ${i}` }])
  const { stdout, stderr } = await ended
  assert.match(stdout, /^(line|later) \d+\n0$/)
  assert.equal(stderr, '')
})

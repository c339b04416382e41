// Ctrl-C in each command that waits, and a service that is deleted while a command waits for it.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const { api, token } = program
const home = newFolder()
const cli = cliWithHome(home, { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_CLUSTER: 'prod' })

const slow = { dockerLabels: { 'ecs-api.simulated.pull-delay': '600' } }
const registerDefinition = (family: string, more: object = {}) =>
  api.post('/local/taskdefs', { family, containerDefinitions: [{ name: 'web', image: 'nginx:1.29', ...more }] })
const createService = async (name: string, taskDefinition: string, query = '') => {
  const { status, text } = await api.post(`/local/clusters/prod/services${query}`, { name, taskDefinition, count: 1 })
  assert.ok(status < 300, text)
}
await api.post('/local/clusters', { name: 'prod' })
await registerDefinition('web')
await registerDefinition('slow', slow)
await registerDefinition('stays', {
  stopTimeout: 120,
  dockerLabels: { 'ecs-api.simulated.ignore-sigterm': 'true' },
})
await createService('www', 'web', '?wait=STABLE')
await createService('stays', 'stays', '?wait=STABLE')
await api.post('/local/clusters', { name: 'busy' })
const { items } = (await api.post('/local/clusters/busy/tasks?wait=RUNNING', { taskDefinition: 'stays' })).body
await api.delete(`/local/clusters/busy/tasks/${items[0].id}`)
for (const name of ['late', 'grows', 'more', 'again', 'back', 'gone']) await createService(name, 'slow')
const replaced = await api.patch('/local/clusters/prod/services/back?wait=STABLE&fail=true', { taskDefinition: 'web' })
assert.equal(replaced.status, 200, replaced.text)

const waitingForTasks = /slow:1: 0 of \d running/
const deploymentContinues = (name: string, undo = `Stop it: ecs-api deployments stop prod/${name}`) =>
  new RegExp(`\\nThe deployment continues\\.\\nWatch it: ecs-api watch prod/${name} +${undo}\\n$`)
const scalingContinues = (name: string) =>
  new RegExp(
    `\\nThe scaling continues\\.\\nSee it: ecs-api status prod/${name} +Scale it back: ecs-api scale prod/${name} 1\\n$`,
  )
/** The commands that wait: Ctrl-C comes after the output `ready`, and the command then writes `end` to stderr. */
const waitingCommands: Record<string, [args: string[], ready: RegExp, end: RegExp]> = {
  deploy: [
    ['deploy', 'www', '--task-definition', 'slow', '--yes'],
    waitingForTasks,
    deploymentContinues('www', 'Roll it back: ecs-api rollback prod/www'),
  ],
  rollback: [['rollback', 'back', '--to', '1', '--yes'], waitingForTasks, deploymentContinues('back')],
  restart: [['restart', 'again'], waitingForTasks, deploymentContinues('again')],
  scale: [['scale', 'grows', '2'], /slow:1: 0 of 2 running/, scalingContinues('grows')],
  'deploy --count': [['deploy', 'more', '--count', '2', '--yes'], /slow:1: 0 of 2 running/, scalingContinues('more')],
  watch: [['watch', 'late'], waitingForTasks, deploymentContinues('late')],
  'run --wait': [
    ['run', 'slow', '--wait'],
    /[0-9a-f]{8} \w+/,
    /\nThe task continues\.\nSee it: ecs-api tasks get prod\/[0-9a-f]{12} {3}Its log: ecs-api logs prod\/[0-9a-f]{12}\n$/,
  ],
  'run --wait of several tasks': [
    ['run', 'slow', '--count', '2', '--wait'],
    /[0-9a-f]{8} \w+, [0-9a-f]{8} \w+/,
    /\nThe tasks continue\.\nSee it: ecs-api tasks get prod\/[0-9a-f]{12} {3}Its log: ecs-api logs \S+\n$/,
  ],
  'services create --wait': [
    ['services', 'create', 'made', '--task-definition', 'slow', '--wait'],
    waitingForTasks,
    deploymentContinues('made', 'Delete it: ecs-api services delete prod/made --force'),
  ],
  'services delete --wait': [
    ['services', 'delete', 'stays', 'prod/next', 'last', '--force', '--yes', '--wait'],
    /Waiting until the tasks of prod\/stays have stopped/,
    /have stopped\.\nNot deleted: prod\/next, last\.\nThe deletion continues\.\nSee it: ecs-api services get prod\/stays\n$/,
  ],
  'clusters delete --wait': [
    ['clusters', 'delete', 'busy', '--yes', '--wait'],
    /Waiting until they have stopped/,
    /\nThe cluster was not deleted\.\nDelete it when they have stopped: ecs-api clusters delete busy --wait\n$/,
  ],
  'events -f': [['events', 'www', '-f'], /has reached a steady state/, /^Interrupted\.\n$/],
}
for (const [name, [args, ready, end]] of Object.entries(waitingCommands))
  test(`Ctrl-C in ${name}: 130, and the sentence that says what continues`, async () => {
    const { code, stderr, stdout } = await cli(args, { signalAfter: ready })
    assert.equal(code, 130, stdout + stderr)
    assert.match(stderr, end)
  })

test('services delete --wait is one deletion in the audit log, which ends when the service is gone', async () => {
  await createService('brief', 'web', '?wait=STABLE')
  const { code, stdout, stderr } = await cli(['services', 'delete', 'brief', '--force', '--yes', '--wait'])
  assert.deepEqual([code, stdout], [0, 'prod/brief: Deleted.\n'], stderr)
  const listed = await cli([
    'audit',
    'list',
    'prod/brief',
    '-o',
    'tsv',
    '--query',
    'items[].[action, deployment.outcome]',
  ])
  assert.match(listed.stdout, /^DELETE \S+\t\S*\nPOST \S+\tstable\n$/)
  const { stdout: table } = await cli(['audit', 'list', 'prod/brief'])
  assert.match(
    table,
    / deleted the service prod\/brief +done\n.* created the service prod\/brief with web +deployed\n$/,
  )
})

test('services delete --wait ends at its timeout, and the deletion goes on', async () => {
  await createService('lasts', 'stays', '?wait=STABLE')
  const { code, stderr } = await cli(['services', 'delete', 'lasts', '--force', '--yes', '--wait', '--timeout', '1'])
  assert.equal(code, 7, stderr)
  assert.match(stderr, /\nThe tasks of prod\/lasts have not stopped yet\. ECS goes on with the deletion\.\n/)
})

test('a command that waits for the tasks of a service exits with 6 when the service is deleted', async () => {
  const { code, stderr } = await cli(['scale', 'gone', '2'], {
    onStart: (child) => {
      let shown = ''
      child.stderr!.on('data', (text: string) => {
        shown += text
        if (/slow:1: 0 of 2 running/.test(shown)) void api.delete('/local/clusters/prod/services/gone?force=true')
      })
    },
  })
  assert.equal(code, 6, stderr)
  assert.match(stderr, /\n✗ prod\/gone: The service was deleted\.\n$/)
})

test('Ctrl-C ends the pause before a retry', async () => {
  const { promise: isRejected, resolve: onRejected } = Promise.withResolvers<void>()
  const busy = createServer((_, response) => {
    response.writeHead(503, { 'retry-after': '25' }).end(onRejected)
  })
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
  after(() => {
    busy.closeAllConnections()
    busy.close()
  })
  const startedAtMs = Date.now()
  const { code, stderr } = await cli(['accounts', 'list'], {
    env: { ECS_API_URL: `http://127.0.0.1:${(busy.address() as { port: number }).port}` },
    onStart: (child) => void isRejected.then(() => child.kill('SIGINT')),
  })
  assert.deepEqual([code, stderr], [130, 'Interrupted.\n'])
  assert.ok(Date.now() - startedAtMs < 25_000, 'it did not wait for the retry')
})

test('Ctrl-C ends a request that has no response, and says what a change may have done', async () => {
  let onRequest = () => {}
  const silent = createServer(() => onRequest())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  after(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const address = `http://127.0.0.1:${(silent.address() as { port: number }).port}`
  const interrupted = async (args: string[]) => {
    const arrived = new Promise<void>((resolve) => (onRequest = resolve))
    return cli([...args, '--account', 'local'], {
      env: { ECS_API_URL: address },
      onStart: (child) => void arrived.then(() => child.kill('SIGINT')),
    })
  }
  for (const args of [['clusters', 'list'], ['doctor'], ['version'], ['help', 'NoSuchCode']]) {
    const { code, stdout, stderr } = await interrupted(args)
    const result = args[0] === 'version' ? /^ecs-api {2}\S+.*\n$/ : /^$/
    assert.match(stdout, result, args[0])
    assert.deepEqual([code, stderr], [130, 'Interrupted.\n'], args[0])
  }
  const change = await interrupted(['clusters', 'create', 'made'])
  assert.deepEqual([change.code, change.stderr], [130, 'The change was sent and may have been made.\nInterrupted.\n'])
  const command = await interrupted(['api', 'POST', `clusters/prod/tasks/${'0'.repeat(32)}/exec`, '-d', '{}'])
  assert.deepEqual([command.code, command.stderr], [130, 'The command was sent and may still run.\nInterrupted.\n'])
})

/** Runs the command with a profile whose token is printed by the command of a shell. */
const withTokenCommand = (tokenCommand: string, args: readonly string[]) => {
  const folder = join(home, 'config', 'ecs-api')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify({ current: 'p', profiles: { p: { url, tokenCommand } } }))
  return cli([...args, '--profile', 'p'], { env: { ECS_API_TOKEN: '' }, holdsStdin: true })
}

test('a second Ctrl-C ends the process at once', async () => {
  // The command sends signals until the process that waits for it has ended.
  const { code, stdout } = await withTokenCommand('while kill -INT $PPID; do sleep 0.2; done', ['whoami'])
  assert.deepEqual([code, stdout], [130, ''])
})

test('one Ctrl-C ends the wait for a token command, also when that fails, and for standard input', async () => {
  // The token command waits for the end of its input, so it ends with the process.
  const waits = await withTokenCommand('kill -INT $PPID; cat', ['whoami'])
  assert.deepEqual([waits.code, waits.stderr], [130, 'Interrupted.\n'])
  const fails = await withTokenCommand('kill -INT $PPID; exit 130', ['whoami'])
  assert.deepEqual([fails.code, fails.stderr], [130, 'Interrupted.\n'])
  for (const args of [
    ['services', 'update', 'www', '-f', '-'],
    ['api', 'PATCH', 'services/www', '-d', '@-'],
  ]) {
    const reads = await withTokenCommand(`kill -INT $PPID; echo ${token}`, args)
    assert.deepEqual([reads.code, reads.stderr], [130, 'Interrupted.\n'])
  }
})

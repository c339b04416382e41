// Deployments that fail: the verdict, its cause, and what lists and statuses say of the service afterwards.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rewritingProxy } from '../rewriting-proxy.ts'
import { api, cli, createService, registerDefinition, simulated, variables } from './prod-cluster.ts'

test('services list, status and the diagnosis agree on a service whose tasks keep ending, and on one scaled to 0', async () => {
  const path = '/local/clusters/prod/services/ends'
  await registerDefinition('ends', simulated('exit-after', '1'))
  await createService('ends', 'ends')
  const statesOfEnds = async () => {
    const { stdout } = await cli(['services', 'list', '-o', 'tsv'])
    const listed = /^prod\/ends\t(\w+)\t/m.exec(stdout)?.[1]
    const status = /^prod\/ends {2}(\w+) /.exec((await cli(['status', 'ends'])).stdout)?.[1]
    return [listed, status, (await api.get(`${path}/diagnosis`)).body.status]
  }
  const keepsEnding = async () => /tasks keep ending/.test((await cli(['services', 'list'])).stdout)
  while (!(await keepsEnding()));
  assert.deepEqual(await statesOfEnds(), ['failed', 'failed', 'degraded'])
  assert.equal((await cli(['scale', 'ends', '0', '-q', '--yes'])).code, 0)
  assert.deepEqual(await statesOfEnds(), ['ok', 'ok', 'healthy'])
})

test('a deployment that fails exits with 6, shows the failed task, and names the cause last', async () => {
  await createService('fails', 'web')
  await api.patch('/local/clusters/prod/services/fails', {
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  const args = ['deploy', 'fails', '--task-definition', 'broken', '--yes']
  const { code, stdout, stderr } = await cli(args, { env: { GITHUB_ACTIONS: 'true' } })
  assert.deepEqual([code, stdout], [6, ''], stderr)
  assert.match(stderr, /Task [0-9a-f]{8} failed: .*pull access denied/)
  assert.match(stderr, /^::error::Task [0-9a-f]{8} failed/m)
  assert.equal(stderr.match(/^\d{4}-\S+ Task /gm)?.length, 1, 'equal reasons are one line')
  assert.match(
    stderr,
    /\n✗ prod\/fails: The deployment failed; ECS rolled it back.*\n {2}Access to the image was denied, in \d tasks\.\n {2}next {2}Check the name in `image`\. .+\.\nWhy: ecs-api why prod\/fails\n$/,
  )
  const watched = await cli(['watch', 'fails'])
  assert.match(watched.stderr, /Z broken:1: 0 running, \d failed; web:\d+: 1 running; ECS has rolled back to web:\d+\n/)
  const document = JSON.parse((await cli(['watch', 'fails', '--json', '--progress', 'none'])).stderr)
  assert.match(document.detail, /The deployment failed/, 'one that has failed already has the same verdict')
  assert.match(document.detail, /pull access denied/, 'the reason was not shown before')
  const shown = await cli(['deployments', 'get', 'fails'])
  assert.match(shown.stdout, /^failed +\d tasks? \([0-9a-f]{8}[^)]*\): container web: .*pull access denied/m)
  assert.equal(shown.stdout.match(/pull access denied/g)!.length, 1)
})

test('with --json each line of stderr is an object, and the last is the problem of the failed work', async () => {
  await createService('unread', 'web')
  const objectsOf = async (...args: string[]) => {
    const { code, stderr } = await cli([...args, '--json'])
    return {
      code,
      objects: stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    }
  }
  const breaker = ['--circuit-breaker', 'rollback', '--yes']
  const deploy = await objectsOf('deploy', 'unread', '--task-definition', 'broken', ...breaker)
  assert.equal(deploy.code, 6)
  const types = new Set(deploy.objects.map(({ type }) => type))
  assert.deepEqual([...types], ['note', 'begin', 'progress', 'failure', '/docs/problems/DeploymentFailed'])
  const { title, status, detail, code, resource, deployment, cause } = deploy.objects.at(-1)
  assert.deepEqual([title, status, code], ['The deployment failed', 0, 'DeploymentFailed'])
  assert.match(detail, /^prod\/unread: The deployment failed; .*\. Access to the image was denied/)
  assert.deepEqual([resource.name, cause.code], ['unread', 'ImageAccessDenied'])
  assert.equal((await cli(['why', 'unread', deployment, '-q'])).code, 0)
  const run = await objectsOf('run', 'exits-3', '--wait')
  const failed = run.objects.at(-1)
  assert.deepEqual([run.code, failed.code, failed.resource.lastStatus], [6, 'TaskFailed', 'STOPPED'])
  const late = await objectsOf('run', 'slow', '--wait', '--timeout', '1s')
  assert.deepEqual([late.code, late.objects.at(-1).code], [7, 'WaitTimeout'])
})

test('--progress json prints an object for each step, and the verdict as text after them', async () => {
  await createService('steps', 'web')
  const { code, stderr } = await cli(['restart', 'steps', '--progress', 'json'])
  assert.equal(code, 0, stderr)
  const lines = stderr.trimEnd().split('\n')
  assert.match(lines.pop()!, /^✓ prod\/steps runs web:1: 1 of 1 task running after 0:\d\d\.$/)
  const [begin, ...steps] = lines.map((line) => JSON.parse(line))
  assert.deepEqual([begin.type, begin.title, begin.timeoutSeconds], ['begin', 'Restarting prod/steps (web:1)', 900])
  const members = new Set(steps.map((step) => Object.keys(step).join(' ')))
  assert.deepEqual([...members], ['at type summary lines', 'at type text'], stderr)
})

test('the verdict has the cause of its own deployment, also when an earlier one failed for another', async () => {
  await registerDefinition('twice')
  await createService('twice', 'twice')
  const breaker = ['--circuit-breaker', 'rollback', '--yes']
  assert.equal((await cli(['deploy', 'twice', '--task-definition', 'broken', ...breaker])).code, 6)
  const { code, stderr } = await cli(['deploy', 'twice', '--image', 'Nginx:1', '--yes', '--progress', 'none'])
  assert.equal(code, 6)
  assert.match(
    stderr,
    /\n {2}The name of the image is malformed \(container web: .*\).*\n {2}next {2}Correct `image`: .+\nWhy: ecs-api why prod\/twice\n$/,
  )
})

test('the verdict of a pull without a registry begins with the images that need none', async () => {
  const error =
    'failed to do request: Head "https://registry.example/v2/": dial tcp: lookup registry.example: no such host'
  await registerDefinition('unreachable', simulated('pull-error', error))
  const args = [
    'services',
    'create',
    'unreachable',
    '--task-definition',
    'unreachable',
    '--circuit-breaker',
    'rollback',
  ]
  const { code, stderr } = await cli([...args, '--wait'])
  assert.equal(code, 6)
  assert.match(stderr, /\n {2}next {2}An image that was built on this machine is used as it is.*\nWhy: /)
  assert.equal(stderr.match(/no such host/g)!.length, 1, stderr)
})

test('Ctrl-C in the wait for the cause of a failure: 130, and the verdict without the cause', async () => {
  await createService('causeless', 'web')
  const breaker = ['--circuit-breaker', 'rollback', '--yes']
  assert.equal((await cli(['deploy', 'causeless', '--task-definition', 'broken', ...breaker])).code, 6)
  // The command reads a deployment without failed tasks again, since ECS may list them later.
  const { promise: isRead, resolve: onRead } = Promise.withResolvers<void>()
  const proxy = await rewritingProxy(variables.ECS_API_URL, {
    response: (json) =>
      JSON.stringify(JSON.parse(json), (name, value: unknown) => (name === 'taskFailures' ? [] : value)),
    onRequest: ({ url = '', headers: { accept = '' } }) => {
      if (/\/deployments\/[^/?]+($|\?)/.test(url) && !accept.includes('event-stream')) onRead()
    },
  })
  const { code, stderr } = await cli(['watch', 'causeless'], {
    env: { ECS_API_URL: proxy },
    onStart: (child) => void isRead.then(() => child.kill('SIGINT')),
  })
  assert.equal(code, 130, stderr)
  assert.match(stderr, /\n✗ prod\/causeless: The deployment failed; .*\nWhy: ecs-api why prod\/causeless\n$/)
})

test('after a rollback status, the status of the service and why agree, in the same words', async () => {
  await createService('reverted', 'web')
  const breaker = ['--circuit-breaker', 'rollback', '--yes']
  assert.equal((await cli(['deploy', 'reverted', '--task-definition', 'broken', ...breaker])).code, 6)
  const overview = await cli(['status'])
  assert.match(overview.stdout, /^local {2}failed {2}/)
  assert.match(overview.stdout, /^ {2}prod\/reverted {2}failed {2}1 of 1 tasks run\. The last deployment failed; /m)
  assert.match(overview.stderr, /^Why: ecs-api why prod\//m)
  const one = await cli(['status', 'reverted'])
  assert.match(
    one.stdout,
    /^prod\/reverted {2}failed {2}The last deployment failed( \d+ \w+ ago)?; ECS rolled back to web:\d+/,
  )
  assert.equal(one.stderr, 'Why: ecs-api why prod/reverted\n')
  const list = await cli(['services', 'list'])
  assert.match(
    list.stdout,
    /^prod\/reverted +failed +1\/1 .* The last deployment failed \d+ \w+ ago; ECS rolled back to web:\d+\./m,
  )
  const resource = await cli(['services', 'get', 'reverted'])
  assert.match(
    resource.stdout,
    /^state +failed: The deployment of \S+ failed \d+ \w+ ago; ECS rolled back to |^state +failed: The last/m,
  )
  const { stdout } = await cli(['why', 'reverted'])
  assert.match(
    stdout,
    /^failed {2}1 of 1 tasks run\. The last deployment failed; ECS rolled back to web:\d+\.\n\nImageAccess/,
  )
  assert.equal(stdout.match(/pull access denied/g)!.length, 1, stdout)
  assert.match(stdout, /^ {2}task +\S+Z {2}[0-9a-f]{8}.* TaskFailedToStart$/m)
  assert.doesNotMatch(stdout, /not in this version/)
})

test('without the circuit breaker a failing deployment says so, and the list names it failed', async () => {
  await createService('endless', 'web')
  const args = ['deploy', 'endless', '--task-definition', 'broken', '--yes', '--timeout', '3s']
  const { code, stderr } = await cli(args)
  assert.equal(code, 7, stderr)
  assert.match(
    stderr,
    /warning: The deployment circuit breaker is off.* with ecs-api deploy --circuit-breaker rollback\.\n/,
  )
  assert.match(
    stderr,
    /The circuit breaker is off, so ECS continues\. Stop the deployment: ecs-api deployments stop prod\/endless\n/,
  )
  assert.match(
    stderr,
    /\n✗ prod\/endless: after 0:03 .*\n {2}\d+ tasks? \(.*\): container web: .*access denied.*\nWatch/,
  )
  const progress = stderr.split('\n').filter((line) => /^\d{4}-\S+Z broken/.test(line))
  assert.ok(progress.length <= 4, `at most a line in 2 s: ${progress.join('\n')}`)
  assert.match((await cli(['services', 'list'])).stdout, /^prod\/endless +failed +1\/1 .* failed/m)
  assert.match((await cli(['status'])).stdout, /^ {2}prod\/endless {2}failed {2}/m)
})

test('why of a deployment names its failed task', async () => {
  await createService('failing', 'broken', { waitsUntilStable: false })
  const { items } = (await api.get('/local/clusters/prod/services/failing/deployments')).body
  const ref = `/local/clusters/prod/services/failing/deployments/${items[0].id}`
  const isFailed = async () => (await api.get(ref)).body.taskFailures.length > 0
  while (!(await isFailed()));
  const { code, stdout, stderr } = await cli(['why', 'failing', items[0].id, '--json'])
  assert.equal(code, 0, stderr)
  const note = JSON.parse(stderr)
  assert.equal(note.type, 'note')
  assert.match(note.text, new RegExp(`^The deployment ${items[0].id}: `))
  assert.equal(JSON.parse(stdout).causes[0].code, 'ImageAccessDenied')
})

// Plans of the command line: shown before each change, and shown again when the resource has changed since then.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, request as sendRequest } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { hostname, port, origin: url } = new URL((await program.listen()).url)
const { api, token } = program
const variables = { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_ACCOUNT: 'local', ECS_API_CLUSTER: 'prod' }
const cli = cliWithHome(newFolder(), variables)

await api.post('/local/clusters', { name: 'prod' })
await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] })
const createService = async (name: string) => {
  const body = { name, taskDefinition: 'web', count: 1 }
  assert.equal((await api.post('/local/clusters/prod/services?wait=STABLE', body)).status, 201)
}

/** @returns the address of a gateway where somebody else makes a change right before each change of the test */
async function overtakenUrl(changeBefore: () => Promise<unknown>): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    if (method !== 'GET' && !path.includes('dryRun')) await changeBefore()
    const forwarded = sendRequest({ hostname, port, method, path, headers }, (gatewayResponse) => {
      response.writeHead(gatewayResponse.statusCode!, gatewayResponse.headers)
      gatewayResponse.pipe(response)
    })
    request.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('a deletion shows the gateway’s plan first', async () => {
  await createService('gone')
  const args = ['services', 'delete', 'gone', '--force']
  const asked = await cli(args)
  assert.equal(asked.code, 10)
  assert.match(
    asked.stderr,
    /^Delete the service prod\/gone, which has 1 running task:\n {2}~ \/status {2}ACTIVE → DRAINING\n/,
  )
  assert.match(asked.stderr, /ECS deletes the service gone when its last task has stopped/)
  assert.equal((await cli([...args, '--plan'])).code, 0)
  assert.equal(JSON.parse((await cli([...args, '--plan', '--json'])).stdout).changes[0].to, 'DRAINING')
  assert.equal((await cli([...args, '--plan', '--exit-code'])).code, 9)
  assert.equal((await api.get('/local/clusters/prod/services/gone')).body.status, 'ACTIVE')
  const cluster = await cli(['clusters', 'delete', 'prod', '--plan'])
  assert.deepEqual([cluster.code, /^ClusterContainsServices: /.test(cluster.stderr)], [3, true])
  assert.equal((await cli([...args, '--yes'])).code, 0)
  const definition = await cli(['taskdefs', 'delete', 'web:1', '--plan'])
  assert.match(definition.stdout, /^Deregister web:1:\n {2}~ \/web:1\/status {2}ACTIVE → INACTIVE\n/)
})

test('several services, their cluster and a family are deleted by three commands that wait', async () => {
  await api.post('/local/clusters', { name: 'tour' })
  const labels = { 'ecs-api.simulated.ignore-sigterm': 'true' }
  const container = { name: 'web', image: 'nginx', stopTimeout: 3, dockerLabels: labels }
  for (let i = 0; i < 2; i++) await api.post('/local/taskdefs', { family: 'slow', containerDefinitions: [container] })
  for (const name of ['a', 'b'])
    await api.post('/local/clusters/tour/services?wait=STABLE', { name, taskDefinition: 'slow', count: 1 })
  const full = await cli(['clusters', 'delete', 'tour', '--yes', '--wait'])
  assert.equal(full.code, 3)
  assert.match(full.stderr, /Delete them first: ecs-api services delete tour\/a tour\/b --force --wait/)

  // Without a wait the tasks are still stopping when the cluster is to be deleted.
  assert.equal((await cli(['services', 'delete', 'tour/a', '--force', '--yes'])).code, 0)
  const waited = await cli(['services', 'delete', 'tour/b', '--force', '--yes', '--wait', '-o', 'json'])
  assert.deepEqual([waited.code, JSON.parse(waited.stdout).status], [0, 'INACTIVE'], waited.stderr)
  await api.post('/local/clusters/tour/services?wait=STABLE', { name: 'c', taskDefinition: 'slow', count: 1 })
  const several = await cli(['services', 'delete', 'tour/c', 'tour/none', '--force', '--yes'])
  assert.deepEqual([several.code, /ServiceNotFound/.test(several.stderr)], [5, true], several.stderr)
  const early = await cli(['clusters', 'delete', 'tour', '--yes'])
  assert.equal(early.code, 3, early.stderr)
  assert.match(early.stderr, /Wait for them and delete it: ecs-api clusters delete tour --wait/)
  const short = await cli(['clusters', 'delete', 'tour', '--yes', '--wait', '--timeout', '0s'])
  assert.deepEqual([short.code, /It was not deleted\./.test(short.stderr)], [7, true], short.stderr)
  const late = await cli(['clusters', 'delete', 'tour', '--yes', '--wait'])
  assert.equal(late.code, 0, late.stderr)
  assert.match(late.stderr, /Waiting until they have stopped/)
  assert.equal((await api.get('/local/clusters/tour')).status, 404)

  const unsure = await cli(['taskdefs', 'delete', 'slow', '--yes'])
  assert.deepEqual([unsure.code, /Write slow:NUMBER, or --all\./.test(unsure.stderr)], [2, true], unsure.stderr)
  const all = await cli(['taskdefs', 'deregister', 'slow', '--all', '--yes', '-q'])
  assert.deepEqual([all.code, all.stdout.split('\n').sort()], [0, ['', 'slow:1', 'slow:2']], all.stderr)
  assert.match(all.stderr, /Deregister all revisions of slow:/)
})

test('a change that was overtaken is not made: exit code 3, with the plan as it is now', async () => {
  await createService('www')
  const patch = (body: object) => api.patch('/local/clusters/prod/services/www?wait=STABLE', body)
  await patch({ containers: { web: { image: 'nginx:1.30' } } })
  let count = 1
  const overtakenCli = cliWithHome(newFolder(), {
    ...variables,
    ECS_API_URL: await overtakenUrl(() => patch({ count: ++count })),
  })
  for (const args of [
    ['deploy', 'www', '--image', 'nginx:1.31'],
    ['rollback', 'www'],
    ['services', 'delete', 'www', '--force'],
  ]) {
    const { code, stdout, stderr } = await overtakenCli([...args, '--yes'])
    assert.deepEqual([code, stdout], [3, ''], stderr)
    assert.match(
      stderr,
      /\nprod\/www has changed since the plan was made\. The new plan:\n {2}~ \/[\s\S]*\nprod\/www has changed since the plan, so nothing was done\.\nRun the command again to confirm the new plan\.\n$/,
    )
  }
  const { body } = await api.get('/local/clusters/prod/services/www')
  assert.deepEqual([body.status, body.taskDefinition, body.desiredCount], ['ACTIVE', 'web:2', 4])
})

test('a plan names hidden values once, and the flag against a warning', async () => {
  await createService('plain')
  const fields = '{"containers": {"web": {"command": ["sh", "-c", "one"]}}}'
  assert.equal((await cli(['deploy', 'plain', '-f', '-', '--yes'], { stdin: fields })).code, 0)
  const { code, stdout } = await cli(['deploy', 'plain', '-f', '-', '--plan'], { stdin: fields.replace('one', 'two') })
  assert.equal(code, 0, stdout)
  assert.match(
    stdout,
    /^ {2}~ \/containers\/web\/command {2}changed: 1 of 3 words differ \(hidden; --show-values shows it\)$/m,
  )
  assert.doesNotMatch(stdout, /\(hidden\)/)
  assert.match(stdout, /warning: .* Switch it on with ecs-api deploy --circuit-breaker rollback\.$/m)
  assert.doesNotMatch(stdout, /deploymentConfiguration/)
})

test('services update --plan shows the plan and changes nothing', async () => {
  await createService('planned')
  const args = ['services', 'update', 'planned', '-f', '-', '--plan', '--exit-code']
  const { code, stdout } = await cli(args, { stdin: 'count: 2' })
  assert.deepEqual([code, /^Update prod\/planned:\n {2}~ \/desiredCount {2}1 → 2\n/.test(stdout)], [9, true], stdout)
  assert.equal((await api.get('/local/clusters/prod/services/planned')).body.desiredCount, 1)
})

test('--show-values fills in the hidden values of plans, comparisons and definitions', async () => {
  const definition = { family: 'shown', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] }
  assert.equal((await api.post('/local/taskdefs', definition)).status, 201)
  const shownService = { name: 'shown', taskDefinition: 'shown', count: 1 }
  assert.equal((await api.post('/local/clusters/prod/services?wait=STABLE', shownService)).status, 201)
  const args = ['deploy', 'shown', '--env', 'LEVEL=info', '--command', 'sleep 60', '--health-check', 'true']
  const hidden = await cli([...args, '--plan'])
  assert.match(hidden.stdout, /\+ \/containers\/web\/command {2}\(hidden\)\n/, 'in a pipe, which can be the log of CI')
  const shown = await cli([...args, '--plan', '--show-values'])
  assert.match(shown.stdout, /\+ \/containers\/web\/command {2}\["sleep","60"\]\n/)
  assert.match(shown.stdout, /\+ \/containers\/web\/environment\/LEVEL {2}info\n/)
  assert.match(shown.stdout, /\+ \/containers\/web\/healthCheck {2}\{"command":\["CMD-SHELL","true"\]\}\n/)
  assert.match((await cli([...args, '--plan', '--json'])).stdout, /"\(hidden\)"/)
  const { changes } = JSON.parse((await cli([...args, '--plan', '--json', '--show-values'])).stdout)
  assert.deepEqual(changes.find(({ path = '' }) => path.endsWith('/command')).to, ['sleep', '60'])
  assert.equal((await cli([...args, '--yes'])).code, 0)
  const { stdout: change } = await cli(['deploy', 'shown', '--env', 'LEVEL=debug', '--plan', '--show-values'])
  assert.match(change, /~ \/containers\/web\/environment\/LEVEL {2}info → debug\n/)
  const diff = await cli(['diff', 'shown', '--show-values'])
  assert.match(diff.stdout, /^Release 1 → 2:\n[\s\S]*\+ \/containers\/web\/command {2}\["sleep","60"\]\n/)
  assert.doesNotMatch((await cli(['diff', 'shown'])).stdout, /sleep|info/)
  const back = await cli(['rollback', 'shown', '--plan', '--show-values'])
  assert.match(back.stdout, /- \/containers\/web\/command {2}\["sleep","60"\]\n/)
  const { taskDefinition } = (await api.get('/local/clusters/prod/services/shown')).body
  for (const get of [
    ['taskdefs', 'get', taskDefinition],
    ['releases', 'get', 'shown', '2'],
  ]) {
    const { stdout } = await cli(get)
    assert.match(stdout, /\n {2}command +sleep 60\n {2}variables +LEVEL\n {2}health check +true\n/)
    assert.match((await cli([...get, '--show-values'])).stdout, /\n {2}variables +LEVEL=info\n/)
  }
  const { code, stderr } = await cli(['diff', 'plain-new'])
  assert.equal(code, 5, stderr)
})

test('examples/ work with the command line, as their page says', async () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'README.md'), 'utf8')
  const lines = page.match(/^npx ecs-api (?!local-aws).*$/gm) ?? []
  assert.equal(lines.length, 4)
  for (const line of lines) {
    const words = line
      .replace(/ +#.*$/, '')
      .split(' ')
      .slice(2)
    const { code, stderr } = await cli(words, { folder: join(import.meta.dirname, '..', '..') })
    assert.equal(code, 0, `${line}\n${stderr}`)
  }
  assert.equal((await api.get('/local/clusters/demo/services/web')).body.desiredCount, 2)
})

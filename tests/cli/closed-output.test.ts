// Output that cannot be written: a reader that leaves early, and a disk that is full.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { environmentWithHome, runInBash } from './cli-process.ts'
import { api, createService, home, registerDefinition, simulated, variables } from './prod-cluster.ts'

const bash = (script: string) => runInBash(script, { env: environmentWithHome(home, variables), folder: home })
const withBreaker = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }

await createService('www', 'web')
await createService('late', 'slow', { waitsUntilStable: false })

/** Commands whose exit code is the verdict on their work. */
const verdicts: Record<string, [command: string, code: string]> = {
  'a deployment that fails': ['deploy fails --task-definition broken --yes', '6'],
  'a task that fails': ['run exits-3 --wait', '6'],
  'a service that does not exist': ['services get none', '5'],
  'a wait that ends by its timeout': ['watch late --timeout 2s', '7'],
  'a plan with changes': ['deploy www --env A=1 --plan --exit-code', '9'],
}
for (const [name, [command, code]] of Object.entries(verdicts)) {
  test(`${name}: the exit code is the same when nobody reads stderr`, async () => {
    await createFailingService('fails')
    const { stdout, stderr } = await bash(`ecs-api ${command} 2>&1 >/dev/null | head -1 >/dev/null; echo $PIPESTATUS`)
    assert.deepEqual([stdout, stderr], [code, ''])
    const closed = await bash(`ecs-api ${command} 2>&1 >/dev/null | true; echo $PIPESTATUS`)
    assert.deepEqual([closed.stdout, closed.stderr], [code, ''])
  })
  test(`${name}: the exit code is the same when nobody reads stdout`, async () => {
    const json = command.startsWith('watch') ? ' --json' : ''
    const { stdout } = await bash(`ecs-api ${command}${json} 2>/dev/null | true; echo $PIPESTATUS`)
    assert.equal(stdout, code)
  })
}

/** Creates the service, or brings it back to the definition `web`, with a circuit breaker that rolls back. */
async function createFailingService(name: string): Promise<void> {
  const path = `/local/clusters/prod/services/${name}`
  if ((await api.get(path)).status === 404) await createService(name, 'web')
  const { status, text } = await api.patch(path, withBreaker)
  assert.equal(status, 200, text)
}

test('a command that only prints ends quietly with 0 when the reader of stdout leaves', async () => {
  for (const command of ['events www --json', 'help', 'services list']) {
    const { stdout, stderr } = await bash(`ecs-api ${command} | true; echo $PIPESTATUS`)
    assert.deepEqual([stdout, stderr], ['0', ''], command)
  }
})

test('events -f ends with 0 at the first event after its reader has left', async () => {
  await registerDefinition('noisy', simulated('exit-after', '0'))
  await createService('noisy', 'noisy', { waitsUntilStable: false })
  const { stdout, stderr } = await bash('ecs-api events noisy -f | head -1 >/dev/null; echo $PIPESTATUS')
  assert.deepEqual([stdout, stderr], ['0', ''])
})

test('a result that cannot be written is one line on stderr and exit code 12', async () => {
  // A file that is open for reading only rejects each write, as a full disk does.
  const script =
    'ecs-api services list 1</dev/null; echo $? >&2; ecs-api run exits-3 --wait --progress none 1</dev/null'
  const { code, stderr } = await bash(script)
  assert.match(stderr, /^The result could not be written: .+\.\n12\n✗ exits-3: [\s\S]+\nThe result could not be .+\.$/)
  assert.equal(code, 6, 'the verdict remains')
})

test('a full disk is named in one line', { skip: existsSync('/dev/full') ? false : 'no /dev/full' }, async () => {
  const { code, stderr } = await bash('ecs-api services list > /dev/full')
  assert.deepEqual([code, stderr], [12, 'The result could not be written: no space left on device.'])
  const unread = await bash('ecs-api services get none 2> /dev/full')
  assert.equal(unread.code, 5)
  const document = await bash('ecs-api services list --json > /dev/full')
  assert.equal(JSON.parse(document.stderr).code, 'Exit12')
  const exported = await bash('ecs-api store export > /dev/full')
  assert.deepEqual([exported.code, exported.stderr.split('\n').length], [11, 1], exported.stderr)
})

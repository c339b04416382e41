// Completion candidates, and the scripts of the shells. The shells themselves: completion.long.test.ts.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { environmentWithHome, launcherPath } from './cli-process.ts'
import { cli, createService, home, variables } from './prod-cluster.ts'

await createService('steady', 'web')

test('completion gives commands, flags and names, and nothing when the gateway does not respond', async () => {
  const complete = async (words: string[], env = {}) => {
    const { code, stdout, stderr } = await cli(['complete', '--', ...words], { env })
    assert.deepEqual([code, stderr], [0, ''])
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t')[0])
  }
  // A completion waits for the gateway only briefly. A late response completes nothing: a person presses Tab again.
  const untilCompleted = async (words: string[], name: string) => {
    while (!(await complete(words)).includes(name));
  }
  assert.deepEqual(await complete(['dep']), ['deploy', 'deployments'])
  assert.deepEqual(await complete(['tokens', 'r']), ['rotate'])
  assert.deepEqual(await complete(['logs', '--fo']), ['--follow'])
  await untilCompleted(['logs', 'st'], 'steady')
  assert.deepEqual(await complete(['logs', 'st'], { ECS_API_URL: 'http://127.0.0.1:1' }), [])
  // The value of a flag is not a word of the command.
  assert.deepEqual(await complete(['--cluster', 'prod', 'tokens', 'r']), ['rotate'])
  await untilCompleted(['logs', '--since', '10m', 'st'], 'steady')
  await untilCompleted(['--account', 'local', 'logs', '-c', 'web', 'st'], 'steady')
  for (const flag of ['--cluster', '--since']) assert.deepEqual(await complete(['logs', flag, 'st']), [], flag)
  assert.deepEqual(await complete(['services', 'get', 'steady', 'st']), [])
  // The completed names are those of the account and the cluster that the typed flags name.
  assert.deepEqual(await complete(['logs', '--cluster', 'empty', 'st']), [])
  assert.deepEqual(await complete(['logs', '--cluster=empty', 'st']), [])
  assert.deepEqual(await complete(['logs', '--account', 'absent', 'st']), [])
  assert.ok((await complete(['svc', 'show', '--curl', 'st'])).includes('steady'))
  for (const shell of ['bash', 'zsh', 'fish', 'powershell'])
    assert.match((await cli(['completion', shell])).stdout, /ecs-api complete -- /)
  const script =
    'eval "$("$0" "$1" completion bash)"; ecs-api() { "$NODE" "$CLI" "$@"; }; COMP_WORDS=(ecs-api roll); COMP_CWORD=1; _ecs_api; echo "$COMPREPLY"'
  const shell = spawn('bash', ['-c', script, process.execPath, launcherPath], {
    env: environmentWithHome(home, { ...variables, NODE: process.execPath, CLI: launcherPath }),
  })
  const [text] = await once(shell.stdout, 'data')
  assert.equal(String(text), 'rollback\n')
})

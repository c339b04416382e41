/** A removed key ends the start with a message that names its replacement. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder, startCli } from '../testing/process.ts'

test('the removed setting workers, given in any way, ends the start and names its replacement', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  await writeFile(join(folder, 'with-key.yaml'), 'workers: 2\n')
  const sentence =
    'removed: one process answers about 20,000 cached reads a second; to use more cores, run several processes on one PostgreSQL, with `reusePort: true` on one host or behind a load balancer'
  for (const { args, env, code, stderr } of [
    { args: ['--workers', '2'], env: {}, code: 2, stderr: `--workers is ${sentence}.\n` },
    { args: ['--workers=2'], env: {}, code: 2, stderr: `--workers is ${sentence}.\n` },
    {
      args: ['--config', 'with-key.yaml'],
      env: {},
      code: 11,
      stderr: `The configuration with-key.yaml has an error:\n  workers: ${sentence}\n`,
    },
    {
      args: [],
      env: { ECS_API_WORKERS: '2' },
      code: 11,
      stderr: `The configuration has an error:\n  workers: ${sentence}\n`,
    },
  ]) {
    const { exit, output } = startCli(['serve', ...args], { folder, env })
    assert.equal((await exit).code, code)
    assert.deepEqual(output(), { stdout: '', stderr })
  }
})

test('a removed key is not suggested for a misspelt one', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  await writeFile(join(folder, 'ecs-api.yaml'), 'worker: 2\n')
  const { exit, output } = startCli(['serve'], { folder, env: { ECS_API_WORKER: '2' } })
  assert.equal((await exit).code, 11)
  assert.match(output().stderr, /has 2 errors:/)
  assert.doesNotMatch(output().stderr, /workers/i)
})

// The commands that the console offers to copy, in the shells of people.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { commandWithBody } from '../../packages/console/src/parts/shell-command.ts'

const body = { command: ['sh', '-c', 'printf \'a\\tb\\n\' "$HOME"; echo `date` \\\\'], text: 'two\nlines %s %d \u0000' }

for (const shell of ['sh', 'bash', 'dash', 'zsh', 'fish'])
  test(`a body reaches the command unchanged in ${shell}`, (t) => {
    const command = commandWithBody('services create prod/www', body).replace(
      'ecs-api services create prod/www -f -',
      'cat',
    )
    const { stdout, stderr, error } = spawnSync(shell, ['-c', command], { encoding: 'utf8' })
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return t.skip(`there is no ${shell}`)
    assert.deepEqual(JSON.parse(stdout), body, stderr)
  })

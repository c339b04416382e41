// The command exec through pipes: one command, and its exit code.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { test } from 'node:test'
import { startScriptedSessions } from '../../packages/gateway/src/testing/scripted-sessions.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const { program, url, path, agents } = await startScriptedSessions()
const cli = cliWithHome(newFolder(), { ECS_API_URL: url, ECS_API_TOKEN: program.token })
const task = 'remote/prod/0123456789abcdef0123456789abcdef'

/** Runs the command in a container without `sh`, which ends without an exit code. */
async function runWithoutShell(flags: readonly string[] = []) {
  const ended = cli(['exec', task, ...flags, '--', '/server', '--check'])
  const shell = await agents.connection()
  shell.send('channel_closed', {
    payload: Buffer.from(JSON.stringify({ Output: 'Unable to start command: exec: "sh": not found' })),
  })
  const bare = await agents.connection()
  bare.output(0, 'checked\n')
  bare.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
  return ended
}

test('an exit code that is not known is no success', async () => {
  const { code, stdout, stderr } = await runWithoutShell()
  assert.deepEqual([code, stdout], [125, 'checked\n'], stderr)
  assert.match(stderr, /The exit code is not known: the container has no shell that could report it\./)
})

test('as JSON the exit code is null', async () => {
  const { code, stdout } = await runWithoutShell(['--json'])
  assert.equal(code, 125)
  assert.deepEqual(JSON.parse(stdout), { output: 'checked\n', exitCode: null, truncated: false })
})

test('Ctrl-C while the command runs: 130, and not the exit code of a failed exec', async () => {
  const { promise: started, resolve: onStart } = Promise.withResolvers<ChildProcess>()
  const ended = cli(['exec', task, '--', 'sleep', '600'], { onStart })
  await agents.connection()
  ;(await started).kill('SIGINT')
  const { code, stdout, stderr } = await ended
  assert.deepEqual([code, stdout], [130, ''])
  assert.match(stderr, /(^|\n)Interrupted\.\n$/)
})

test('the audit list tells a command from a terminal', async () => {
  await runWithoutShell()
  const requested = await program.api.post(path, { command: ['sh'] })
  assert.equal(requested.status, 201, requested.text)
  const { stdout } = await cli(['audit', 'list', '--cluster', 'prod', '--limit', '2'])
  assert.match(stdout, /requested a terminal in the task 01234567\b.*\n.*ran a command in the task 01234567\b/)
})

// The command exec on a terminal.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { startScriptedSessions } from '../../packages/gateway/src/testing/scripted-sessions.ts'
import { newFolder } from './cli-process.ts'
import { plainText, startOnTerminal } from './pseudo-terminal.ts'

const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed'
const { program, url, agents } = await startScriptedSessions()
const home = newFolder()
const env = { ECS_API_URL: url, ECS_API_TOKEN: program.token }
const task = 'remote/prod/0123456789abcdef0123456789abcdef'
const startCommand = (args: readonly string[], { columns }: { columns: number }) =>
  startOnTerminal(args, { home, env, columns })

test('exec passes keys, Ctrl-C and output, and ~. closes its terminal', { skip }, async () => {
  const run = startCommand(['exec', task, '--timeout', '5'], { columns: 100 })
  const early = run.ended.then((code) => assert.fail(`it ended with ${code}: ${run.output()}`))
  const channel = await Promise.race([agents.connection(), early])
  early.catch(() => {})
  channel.output(0, 'héllo # ')
  await run.waitFor(/héllo # /)
  assert.match(plainText(run.output()), /--timeout is for a command without a terminal, so it has no effect here\./)
  run.type('ls\u0003')
  let received = ''
  while (!received.includes('ls\u0003')) received += (await channel.next()).text
  // A shell asks for the cursor's position after its prompt, and the terminal replies.
  run.type('\r\u001b[1;9R~.')
  assert.equal(await run.ended, 0)
  assert.match(plainText(run.output()), /\nThe terminal is closed\.\n$/)
})

test('a terminal whose connection is lost exits with 125', { skip }, async () => {
  const run = startCommand(['exec', task], { columns: 80 })
  const channel = await agents.connection()
  channel.output(0, '# ')
  await run.waitFor(/# /)
  channel.socket.terminate()
  assert.equal(await run.ended, 125, run.output())
  assert.match(plainText(run.output()), /\nThe terminal ended: ConnectionLost\.\n$/)
})

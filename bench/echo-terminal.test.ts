import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echoTerminalOver } from './echo-terminal.ts'

test('a keystroke resolves with its echo, not with the greeting', async () => {
  const terminal = echoTerminalOver(
    (bytes) => terminal.onOutput(bytes),
    () => {},
  )
  terminal.onOutput(Buffer.from('rea'))
  terminal.onOutput(Buffer.from('dy\n'))
  await terminal.ready
  await terminal.echoByte()
})

test('a terminal that ends rejects what is awaited, and each later keystroke', async () => {
  const terminal = echoTerminalOver(
    () => {},
    () => {},
  )
  terminal.onOutput(Buffer.from('ready\n'))
  await terminal.ready
  const pending = terminal.echoByte()
  terminal.onEnd('the task has stopped')
  await assert.rejects(pending, /the task has stopped/)
  await assert.rejects(terminal.echoByte(), /the task has stopped/)
})

test('a terminal that ends before its command is ready rejects', async () => {
  const terminal = echoTerminalOver(
    () => {},
    () => {},
  )
  terminal.onEnd('refused')
  await assert.rejects(terminal.ready, /refused/)
})

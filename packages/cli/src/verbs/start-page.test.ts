import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { CommandInput } from '../command.ts'
import { createOut } from '../out/out.ts'
import { showStartPage } from './start-page.ts'

test('Ctrl-C ends the start page at once while the gateway is silent', { timeout: 4_000 }, async () => {
  const interrupt = new AbortController()
  const accountRequested = Promise.withResolvers<void>()
  const input = {
    target: { url: 'http://gateway' },
    signal: interrupt.signal,
    out: createOut({
      format: 'table',
      colour: 'never',
      now: Date.now,
      stdout: new PassThrough(),
      stderr: new PassThrough(),
    }),
    account: () => {
      accountRequested.resolve()
      return new Promise(() => {})
    },
  } as unknown as CommandInput
  const shown = showStartPage(input)
  await accountRequested.promise
  interrupt.abort(new Error('interrupted'))
  await assert.rejects(shown, /^Error: interrupted$/)
})

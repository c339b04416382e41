import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Input } from '../command.ts'
import { createOut } from '../out/out.ts'
import { showStartPage } from './start-page.ts'

test('Ctrl-C ends the start page at once while the gateway is silent', { timeout: 4_000 }, async () => {
  const interrupt = new AbortController()
  const isAsked = Promise.withResolvers<void>()
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
      isAsked.resolve()
      return new Promise(() => {})
    },
  } as unknown as Input
  const shown = showStartPage(input)
  await isAsked.promise
  interrupt.abort(new Error('interrupted'))
  await assert.rejects(shown, /^Error: interrupted$/)
})

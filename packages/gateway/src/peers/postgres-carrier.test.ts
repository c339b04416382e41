/** Two carriers on one PostgreSQL. The sender's connection goes through a proxy, which can withhold responses. */
import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createCipher } from '../store/cipher.ts'
import { skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { startPostgresProxy } from '../testing/postgres-proxy.ts'
import { type Message, PostgresCarrier } from './postgres-carrier.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
after(() => postgres?.stop())

async function twoCarriers(t: TestContext) {
  const url = postgres!.newUrl()
  const proxy = await startPostgresProxy(url)
  const carrierOn = (storeUrl: string, processId: string) =>
    new PostgresCarrier({ url: storeUrl, cipher: createCipher('a key'), processId, onNotice: () => {} })
  const [sender, receiver] = [carrierOn(proxy.url, 'sender'), carrierOn(url, 'receiver')]
  t.after(async () => {
    await receiver.close()
    await proxy.close()
  })
  const received: Message[] = []
  const waiting = new Set<() => void>()
  await receiver.open({
    onMessages: (_, message) => {
      received.push(message)
      for (const check of waiting) check()
    },
    onMessagesMissed: () => assert.fail('the receiver lost its connection'),
  })
  await sender.open({ onMessages: () => {}, onMessagesMissed: () => {} })
  /** Resolves once `count` messages were received. */
  const receives = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => received.length >= count && resolve()
      waiting.add(check)
      check()
    })
  return { sender, proxy, received, receives }
}

test('close waits until PostgreSQL has accepted the last message', { skip, timeout: 30_000 }, async (t) => {
  const { sender, proxy, receives } = await twoCarriers(t)
  const withheld = proxy.withhold()
  sender.send({ n: 1 })
  let isClosed = false
  const closing = sender.close().then(() => {
    isClosed = true
  })
  await receives(1)
  for (let turn = 0; turn < 10; turn++) await nextTurn()
  assert.equal(isClosed, false, 'PostgreSQL’s response to the sender is withheld')
  withheld.end()
  await closing
})

test('close sends all queued messages, in order', { skip, timeout: 30_000 }, async (t) => {
  const { sender, received, receives } = await twoCarriers(t)
  const messages = Array.from({ length: 500 }, (_, n) => ({ n, text: 'x'.repeat(n * 40) }))
  for (const message of messages) sender.send(message)
  await sender.close()
  await receives(messages.length)
  assert.deepEqual(received, messages)
})

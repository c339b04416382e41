import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChannelMessage } from './message.ts'
import { ReceiveOrder } from './receive-order.ts'

const message = (sequence: number, bytes = 1): ChannelMessage => ({
  ...{ type: 'output_stream_data', sequence, flags: 0, id: '', createdAt: 1, payloadType: 1 },
  payload: Buffer.alloc(bytes),
})
const numbers = (order: ReceiveOrder) => Array.from(order.takeInOrder(), ({ sequence }) => sequence)
const megabyte = 1_048_576

test('messages come in order, each once', () => {
  const order = new ReceiveOrder()
  for (const sequence of [2, 1, 2]) assert.ok(order.accept(message(sequence)))
  assert.deepEqual(numbers(order), [])
  order.accept(message(0))
  assert.deepEqual(numbers(order), [0, 1, 2])
  assert.ok(order.accept(message(1)))
  assert.deepEqual(numbers(order), [])
})

test('at most 16 MiB and 10,000 early messages are kept; the message that comes next is always accepted', () => {
  const order = new ReceiveOrder()
  for (let sequence = 1; sequence <= 16; sequence++) assert.ok(order.accept(message(sequence, megabyte)))
  assert.ok(!order.accept(message(17)))
  assert.ok(order.accept(message(0, megabyte)))
  assert.equal(numbers(order).length, 17)
  const many = new ReceiveOrder()
  for (let sequence = 1; sequence <= 10_000; sequence++) assert.ok(many.accept(message(sequence)))
  assert.ok(!many.accept(message(10_001)))
})

test('a repeated message is accepted and takes no room', () => {
  const order = new ReceiveOrder()
  for (let sequence = 0; sequence < 20; sequence++) {
    order.accept(message(sequence, megabyte))
    assert.deepEqual(numbers(order), [sequence])
  }
  for (let sequence = 0; sequence < 20; sequence++) assert.ok(order.accept(message(sequence, megabyte)))
  for (let i = 0; i < 20; i++) assert.ok(order.accept(message(21, megabyte)))
  assert.ok(order.accept(message(22, megabyte)))
})

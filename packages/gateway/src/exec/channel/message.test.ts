import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ChannelMessage, decodeMessage, encodeMessage } from './message.ts'

const id = '00112233-4455-6677-8899-aabbccddeeff'
const message: ChannelMessage = {
  type: 'input_stream_data',
  sequence: 1,
  flags: 3,
  id,
  createdAt: 0x0102030405,
  payloadType: 1,
  payload: Buffer.from('ls\n'),
}
/** The bytes of the message above, in hexadecimal, in the layout of the plugin's sources. */
const wire = [
  '00000074',
  Buffer.from('input_stream_data'.padEnd(32, ' ')).toString('hex'),
  '00000001',
  '0000000102030405',
  '0000000000000001',
  '0000000000000003',
  '8899aabbccddeeff0011223344556677',
  // SHA-256 of "ls\n", by sha256sum
  'e9fe7e88e89d532379960402db8f9458194dae772aa5fda5a12806c22215f0ff',
  '00000001',
  '00000003',
  '6c730a',
]

test('a message has the plugin’s layout', () => {
  assert.equal(encodeMessage(message).toString('hex'), wire.join(''))
})

test('an encoded message is decoded to the same message', () => {
  const number = fc.nat({ max: Number.MAX_SAFE_INTEGER })
  const any = fc.record({
    type: fc.constantFrom('input_stream_data', 'output_stream_data', 'acknowledge', 'channel_closed', 'something'),
    sequence: fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }),
    flags: number,
    id: fc.uuid(),
    createdAt: number.map((at) => at + 1),
    payloadType: fc.nat(),
    payload: fc.uint8Array({ maxLength: 1100 }),
  })
  fc.assert(
    fc.property(any, (each) => {
      const read = decodeMessage(encodeMessage(each))
      assert.deepEqual({ ...read, payload: [...read!.payload] }, { ...each, payload: [...each.payload] })
    }),
  )
})

test('a type padded with NULs, and a wrong payload length, are accepted as the plugin accepts them', () => {
  const bytes = encodeMessage(message)
  bytes.fill(0, 4 + 'input_stream_data'.length, 36)
  bytes.writeUInt32BE(1, 116)
  const read = decodeMessage(bytes)
  assert.equal(read?.type, 'input_stream_data')
  assert.equal(Buffer.from(read?.payload ?? []).toString(), 'ls\n')
})

test('a message without header, type, creation time or the right digest is dropped', () => {
  const broken = (change: (bytes: Buffer) => void) => {
    const bytes = encodeMessage(message)
    change(bytes)
    return decodeMessage(bytes)
  }
  assert.equal(
    broken((bytes) => bytes.writeUInt32BE(0, 0)),
    undefined,
  )
  assert.equal(
    broken((bytes) => bytes.fill(' ', 4, 36)),
    undefined,
  )
  assert.equal(
    broken((bytes) => bytes.fill(0, 40, 48)),
    undefined,
  )
  assert.equal(
    broken((bytes) => bytes.fill(0, 80, 81)),
    undefined,
  )
  assert.equal(decodeMessage(encodeMessage(message).subarray(0, 100)), undefined)
})

test('the gateway service’s own messages are accepted without a check of their header', () => {
  for (const type of ['start_publication', 'pause_publication']) {
    const bytes = encodeMessage({ ...message, type, payloadType: 17 })
    bytes.fill(0, 40, 48).fill(0, 80, 112)
    assert.equal(decodeMessage(bytes)?.type, type)
  }
})

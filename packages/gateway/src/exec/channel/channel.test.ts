import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AgentModel, kmsDataKey } from '../../testing/agent-model.ts'
import { Channel, type ChannelAction, type ChannelEvent } from './channel.ts'
import type { ChannelMessage } from './message.ts'

const start = 1_000_000
const size = { columns: 120, rows: 40 }
const newChannel = () => new Channel({ size, newId: () => '00000000-0000-4000-8000-000000000000' })

function messageOf(type: string, more: Partial<ChannelMessage> = {}): ChannelMessage {
  return { type, sequence: 0, flags: 0, id: '', createdAt: start, payloadType: 0, payload: Buffer.alloc(0), ...more }
}
const output = (sequence: number, text: string): ChannelEvent => ({
  kind: 'received',
  message: messageOf('output_stream_data', { sequence, payloadType: 1, payload: Buffer.from(text) }),
})
const acknowledgeEvent = (sequence: number): ChannelEvent => ({
  kind: 'received',
  message: messageOf('acknowledge', {
    payload: Buffer.from(JSON.stringify({ AcknowledgedMessageSequenceNumber: sequence })),
  }),
})
const input = (text: string): ChannelEvent => ({ kind: 'input', bytes: Buffer.from(text) })
const sentMessages = (actions: ChannelAction[], type = 'input_stream_data') =>
  actions.flatMap((action) => (action.kind === 'send' && action.message.type === type ? [action.message] : []))
const numbers = (actions: ChannelAction[]) => sentMessages(actions).map(({ sequence }) => sequence)
const texts = (actions: ChannelAction[]) => sentMessages(actions).map(({ payload }) => String(payload))
const outputText = (actions: ChannelAction[]) =>
  actions.map((action) => (action.kind === 'output' ? String(action.bytes) : '')).join('')

/** The behaviour of the network for each frame: delivered, lost, delivered twice, or delivered after later frames. */
const deliveries = fc.array(fc.constantFrom('kept', 'kept', 'lost', 'doubled', 'late'), { maxLength: 400 })
const handshake = fc.constantFrom('none', 'plain', 'encrypted')
const words = fc.array(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' }), { maxLength: 30 })

test('output and input arrive once and in order, although frames are lost, doubled and reordered', () => {
  fc.assert(
    fc.property(
      fc.record({ deliveries, output: words, typed: words, handshake, readyAfter: fc.nat(5000) }),
      (scenario) => {
        const { shown, agent, channel } = runScenario(scenario)
        assert.equal(shown, scenario.output.join(''))
        assert.equal(agent.input, scenario.typed.join(''))
        assert.deepEqual(agent.sizes.at(-1), { cols: 120, rows: 40 })
        assert.equal(channel.unacknowledgedBytes, 0)
      },
    ),
    { numRuns: 300 },
  )
})

interface Scenario {
  deliveries: readonly string[]
  output: readonly string[]
  typed: readonly string[]
  handshake: 'none' | 'plain' | 'encrypted'
  readyAfter: number
}

/** Connects a channel to the model of the agent over a network with these deliveries, until nothing is left to do. */
function runScenario({ deliveries, output, typed, handshake, readyAfter }: Scenario) {
  let now = start
  let shown = ''
  let frameCount = 0
  let inTransit: { at: number; deliver: () => void }[] = []
  const transmit = (deliver: () => void) => {
    const delivery = deliveries[frameCount++] ?? 'kept'
    if (delivery === 'lost') return
    inTransit.push({ at: now + (delivery === 'late' ? 250 : 10), deliver })
    if (delivery === 'doubled') inTransit.push({ at: now + 30, deliver })
  }
  const channel = newChannel()
  const agent = new AgentModel({
    readyAt: start + readyAfter,
    output,
    handshake,
    send: (message) => transmit(() => applyEvent({ kind: 'received', message })),
  })
  const applyEvent = (event: ChannelEvent) => {
    for (const action of channel.handle(event, now)) {
      if (action.kind === 'output') shown += String(action.bytes)
      if (action.kind === 'send') transmit(() => agent.receive(action.message, now))
      if (action.kind === 'request-key') applyEvent({ kind: 'key', ...kmsDataKey })
    }
  }
  applyEvent({ kind: 'opened' })
  agent.start(now)
  for (const text of typed) applyEvent(input(text))
  const isDone = () => agent.isDone && inTransit.length === 0 && channel.nextCheckAt(now) === undefined
  for (; !isDone(); now += 10) {
    assert.ok(now < start + 1_000_000, 'the session is stuck')
    const due = inTransit.filter(({ at }) => at <= now)
    inTransit = inTransit.filter(({ at }) => at > now)
    for (const { deliver } of due) deliver()
    agent.advanceTo(now)
    if (now % 100 === 0) applyEvent({ kind: 'time' })
  }
  return { shown, agent, channel }
}

test('input waits for the first output, and the size goes first', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  assert.deepEqual(channel.handle(input('ls\r'), start), [])
  const actions = channel.handle(output(0, '$ '), start)
  assert.equal(outputText(actions), '$ ')
  assert.deepEqual(texts(actions), ['{"cols":120,"rows":40}', 'ls\r'])
  assert.deepEqual(numbers(actions), [0, 1])
})

test('a silent command gets the size after two seconds, and input once it has acknowledged the size', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  channel.handle(input('x'), start)
  assert.equal(channel.nextCheckAt(start), start + 2000)
  assert.deepEqual(channel.handle({ kind: 'time' }, start + 1999), [])
  assert.deepEqual(texts(channel.handle({ kind: 'time' }, start + 2000)), ['{"cols":120,"rows":40}'])
  assert.deepEqual(texts(channel.handle(acknowledgeEvent(0), start + 2100)), ['x'])
})

test('nothing but the handshake’s response is sent before the handshake is complete', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  channel.handle(input('x'), start)
  const request = {
    RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: {} }, { ActionType: 'Dance' }],
  }
  const handshake = (sequence: number, payloadType: number, value: object): ChannelEvent => ({
    kind: 'received',
    message: messageOf('output_stream_data', { sequence, payloadType, payload: Buffer.from(JSON.stringify(value)) }),
  })
  const [response, ...others] = sentMessages(channel.handle(handshake(0, 5, request), start))
  assert.deepEqual([response?.payloadType, response?.sequence, others], [6, 0, []])
  const { ProcessedClientActions: processed, Errors } = JSON.parse(String(response?.payload))
  assert.deepEqual(
    processed.map(({ ActionStatus }: { ActionStatus: number }) => ActionStatus),
    [1, 3],
  )
  assert.deepEqual(Errors, ['Unsupported action'])
  const complete = channel.handle(handshake(1, 7, { CustomerMessage: 'Encrypted.' }), start)
  assert.ok(complete.some((action) => action.kind === 'notice' && action.text === 'Encrypted.'))
  assert.deepEqual(texts(complete), ['{"cols":120,"rows":40}', 'x'])
  assert.deepEqual(numbers(complete), [1, 2])
})

const agentMessage = (sequence: number, payloadType: number, value: object): ChannelEvent => ({
  kind: 'received',
  message: messageOf('output_stream_data', { sequence, payloadType, payload: Buffer.from(JSON.stringify(value)) }),
})
const keyRequest = {
  RequestedClientActions: [
    { ActionType: 'SessionType', ActionParameters: {} },
    { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'alias/sessions', Challenge: 'AAAA' } },
  ],
}
const requests = (actions: ChannelAction[]) => actions.filter(({ kind }) => kind === 'request-key')

/** Returns a channel whose agent has requested a key. */
function channelWithKeyRequest(): Channel {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  const asked = channel.handle(agentMessage(0, 5, keyRequest), start)
  assert.deepEqual(requests(asked), [{ kind: 'request-key', request: { keyId: 'alias/sessions', challenge: 'AAAA' } }])
  return channel
}

test('when KMS returns no key, the response to the handshake has the reason', () => {
  const [refusal] = sentMessages(channelWithKeyRequest().handle({ kind: 'no-key', failure: 'denied' }, start))
  const { ProcessedClientActions: actions } = JSON.parse(String(refusal?.payload))
  assert.deepEqual([actions[1].ActionStatus, actions[1].Error], [2, 'denied'])
})

test('a message that lacks the encryption which the agent requested ends the session', () => {
  const key: ChannelEvent = { kind: 'key', ...kmsDataKey }
  const complete = agentMessage(1, 7, { CustomerMessage: 'Encrypted.' })
  const challenge = agentMessage(1, 8, { Challenge: Buffer.alloc(92).toString('base64') })
  const clear = (sequence: number) => output(sequence, 'an output in the clear, of some length')
  for (const events of [[clear(1)], [complete], [challenge], [key, challenge], [key, complete, clear(3), clear(2)]]) {
    const channel = channelWithKeyRequest()
    const last = events.map((event) => channel.handle(event, start)).at(-1) ?? []
    const text = 'A message of the session is not encrypted with the key of the session.'
    assert.deepEqual(last.at(-1), { kind: 'closed', text })
    assert.equal(outputText(last), '')
    assert.deepEqual(channel.handle(input('typed'), start), [])
  }
})

test('of several requests for a key, only the first has an effect', () => {
  const channel = channelWithKeyRequest()
  assert.deepEqual(requests(channel.handle(agentMessage(1, 5, keyRequest), start)), [])
  channel.handle({ kind: 'key', ...kmsDataKey }, start)
  assert.deepEqual(requests(channel.handle(agentMessage(2, 5, keyRequest), start)), [])
})

test('only the oldest message is sent again, after 200 ms at first, and unchanged', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  const [first, second] = sentMessages(channel.handle(output(0, '$'), start).concat(channel.handle(input('a'), start)))
  assert.deepEqual(channel.handle({ kind: 'time' }, start + 200), [])
  assert.deepEqual(sentMessages(channel.handle({ kind: 'time' }, start + 300)), [first])
  assert.deepEqual(channel.handle({ kind: 'time' }, start + 400), [])
  channel.handle(acknowledgeEvent(0), start + 410)
  assert.deepEqual(sentMessages(channel.handle({ kind: 'time' }, start + 700)), [second])
})

test('after a slow round trip a message is sent again after a second at the latest', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  channel.handle(output(0, '$'), start)
  channel.handle(acknowledgeEvent(0), start + 5000)
  channel.handle(input('a'), start + 5000)
  assert.deepEqual(numbers(channel.handle({ kind: 'time' }, start + 6000)), [])
  assert.deepEqual(numbers(channel.handle({ kind: 'time' }, start + 6001)), [1])
})

test('with a round trip of 500 ms, messages are soon sent only once', () => {
  const channel = newChannel()
  const transmissions: number[][] = []
  let now = start
  channel.handle({ kind: 'opened' }, now)
  for (let number = 0; number <= 8; number++) {
    const sent = numbers(channel.handle(number === 0 ? output(0, '$') : input('a'), now))
    for (const end = now + 500; now < end; now += 50) sent.push(...numbers(channel.handle({ kind: 'time' }, now)))
    channel.handle(acknowledgeEvent(number), now)
    transmissions.push(sent)
  }
  assert.deepEqual(transmissions.slice(3), [[3], [4], [5], [6], [7], [8]])
})

test('output that was processed before is acknowledged again and not emitted again', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  channel.handle(output(0, 'a'), start)
  const again = channel.handle(output(0, 'a'), start)
  assert.equal(outputText(again), '')
  assert.equal(sentMessages(again, 'acknowledge').length, 1)
})

test('while the agent is not connected, only the oldest message is sent, once a second', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  channel.handle(output(0, '$'), start)
  const pause = channel.handle({ kind: 'received', message: messageOf('pause_publication') }, start)
  assert.deepEqual(pause, [{ kind: 'paused' }])
  assert.deepEqual(channel.handle(input('typed'), start), [])
  assert.deepEqual(channel.handle({ kind: 'time' }, start + 1000), [])
  assert.deepEqual(numbers(channel.handle({ kind: 'time' }, start + 1100)), [0])
  const resumed = channel.handle({ kind: 'received', message: messageOf('start_publication') }, start + 1200)
  assert.deepEqual([resumed[0], texts(resumed)], [{ kind: 'resumed' }, ['typed']])
})

test('on a resumed connection all messages that are not acknowledged are sent again', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  channel.handle(output(0, '$'), start)
  channel.handle(input('a'), start)
  assert.deepEqual(numbers(channel.handle({ kind: 'opened' }, start + 50)), [0, 1])
})

test('large input is cut to messages of 1024 bytes, of which 256 are in flight at once', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  channel.handle(output(0, '$'), start)
  const messages = sentMessages(channel.handle(input('x'.repeat(1_000_000)), start))
  assert.equal(messages.length, 255, 'the size is the 256th')
  assert.ok(messages.every(({ payload }) => payload.byteLength === 1024))
  assert.equal(channel.unacknowledgedBytes, 1_000_000)
  assert.deepEqual(numbers(channel.handle(acknowledgeEvent(1), start + 10)), [256])
  assert.equal(channel.unacknowledgedBytes, 1_000_000 - 1024)
})

test('the backlog of input includes the overhead of each message, however short the message is', () => {
  const channel = newChannel()
  channel.handle(input('ahead'), start)
  channel.handle({ kind: 'opened' }, start)
  channel.handle(output(0, '$'), start)
  for (let i = 0; i < 4_000; i++) channel.handle(input('x'), start)
  assert.ok(channel.inputBacklogBytes > 1_000_000, String(channel.inputBacklogBytes))
  for (let i = 0; i <= 4_001; i++) channel.handle(acknowledgeEvent(i), start + 10)
  assert.equal(channel.inputBacklogBytes, 0)
})

test('channel_closed ends the session at once, with AWS’s reason', () => {
  const channel = newChannel()
  channel.handle({ kind: 'opened' }, start)
  const Output = '\n----------ERROR-------\nTime is up.\n'
  const message = messageOf('channel_closed', { payload: Buffer.from(JSON.stringify({ Output })) })
  assert.deepEqual(channel.handle({ kind: 'received', message }, start), [{ kind: 'closed', text: 'Time is up.' }])
  assert.deepEqual(channel.handle(output(0, 'late'), start), [])
  assert.equal(channel.nextCheckAt(start), undefined)
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ResumeSessionCommand, SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { payloadTypes } from '../../protocol/session-message.ts'
import { dataFolder } from '../../testing/data-folder.ts'
import { engineWithProcesses, waitUntil } from '../../testing/exec-processes.ts'
import { manualClock } from '../../testing/manual-clock.ts'
import { connectSession } from '../../testing/session-client.ts'
import { numbersOf, openWire, type SessionWire, textOf } from '../../testing/session-wire.ts'

test('a session prints output, accepts input, and closes normally whatever the exit code', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const client = connectSession(await execute('sh -c "echo ready; read line; echo got $line; exit 3"'))
  await client.shows('ready\n')
  client.type('hello\n')
  await client.shows('got hello\n')
  assert.equal(await client.closed, '')
})

test('100 concurrent sessions receive all output, although each client drops its first message', async (t) => {
  const { newTask } = await engineWithProcesses(t)
  const tasks = await Promise.all(Array.from({ length: 5 }, newTask))
  const clients = await Promise.all(
    Array.from({ length: 100 }, async (_, i) =>
      connectSession(await tasks[i % 5]!.execute('sh -c "echo one; echo two; read x; echo three"')),
    ),
  )
  await Promise.all(
    clients.map(async (client) => {
      await client.shows('two\n')
      client.type('\n')
      assert.equal(await client.closed, '')
      assert.equal(client.shown(), 'one\ntwo\nthree\n')
      assert.ok(client.dropped() > 0)
    }),
  )
})

test('large output arrives complete and in order', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const client = connectSession(
    await execute(`${process.execPath} -e "for (let i = 0; i < 50000; i++) console.log('line ' + i)"`),
  )
  assert.equal(await client.closed, '')
  assert.equal(client.shown(), Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join(''))
})

test('large input arrives complete and in order', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const client = connectSession(await execute('cat'), { isReady: true })
  const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i}\n`)
  for (const line of lines) client.type(line)
  await client.shows('line 4999\n')
  assert.equal(client.shown(), lines.join(''))
})

test('without a handshake the first message is output 0, with the flag SYN', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const wire = await openWire(await execute('echo hello'))
  const [first] = await wire.until((received) => received.length > 0)
  assert.deepEqual(
    [first?.type, first?.sequence, first?.flags, first?.payloadType],
    ['output_stream_data', 0, 1, payloadTypes.bytes],
  )
})

test('no UTF-8 character is split between two messages', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const text = 'xé€😀'.repeat(1000)
  const wire = await openWire(await execute(`${process.execPath} -e "process.stdout.write('xé€😀'.repeat(1000))"`))
  const received = await wire.until((received) => received.at(-1)?.type === 'channel_closed')
  const payloads = received
    .filter(({ type }) => type === 'output_stream_data')
    .map(({ payload }) => Buffer.from(payload).toString())
  assert.ok(payloads.every((payload) => !payload.includes('�')))
  assert.equal(textOf(received), text)
})

test('the oldest unacknowledged output message is sent again until it is acknowledged', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const wire = await openWire(
    await execute(`${process.execPath} -e "process.stdout.write('x'.repeat(3000)); process.stdin.resume()"`),
  )
  const count = (sequence: number) =>
    numbersOf(wire.received, 'output_stream_data').filter((number) => number === sequence).length
  await wire.until(() => count(0) >= 3)
  assert.deepEqual([count(1), count(2)], [1, 1])
  wire.acknowledge(wire.received.find(({ sequence }) => sequence === 2)!)
  wire.acknowledge(wire.received.find(({ sequence }) => sequence === 0)!)
  await wire.until(() => count(1) >= 3)
  const sent = count(0)
  await wire.until(() => count(1) >= 5)
  assert.deepEqual([count(0), count(2)], [sent, 1])
})

test('input is ordered by sequence number: early messages wait, late ones are acknowledged again', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const wire = await openWire(await execute('cat'))
  const acknowledged = () => numbersOf(wire.received, 'acknowledge')
  wire.input(2, 'c')
  wire.input(1, 'b')
  wire.input(1, 'b')
  await wire.until(() => acknowledged().length === 3)
  assert.deepEqual(acknowledged(), [2, 1, 1])
  for (let sent = 0; textOf(wire.received) === ''; sent++) {
    wire.input(0, 'a')
    await wire.until(() => numbersOf(wire.received, 'acknowledge').length > 3 + sent || textOf(wire.received) !== '')
  }
  await wire.until((received) => textOf(received) === 'abc')
  wire.input(0, 'a')
  wire.input(3, 'd')
  await wire.until((received) => textOf(received) === 'abcd')
  assert.deepEqual(acknowledged().slice(-2), [0, 3])
})

test('early input is bounded: messages beyond the bound are dropped and not acknowledged', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const wire = await openWire(await execute('cat'))
  const big = Buffer.alloc(4_194_304)
  for (let i = 1; i <= 5; i++) wire.input(i, big)
  wire.input(6, 'small')
  const received = await wire.until((messages) => numbersOf(messages, 'acknowledge').length === 4)
  assert.deepEqual(numbersOf(received, 'acknowledge'), [1, 2, 3, 4])
})

test('input before the command has a terminal is dropped without acknowledgement, and accepted when it is sent again', async (t) => {
  const starts = Promise.withResolvers<void>()
  const { execute } = await engineWithProcesses(t, { startsAfter: starts.promise })
  const wire = await openWire(await execute('cat'))
  wire.input(0, 'early')
  wire.input(1, 'ahead')
  await wire.until((received) => numbersOf(received, 'acknowledge').length > 0)
  assert.deepEqual(numbersOf(wire.received, 'acknowledge'), [1])
  starts.resolve()
  const again = setInterval(() => wire.input(0, 'sent again '), 20)
  t.after(() => clearInterval(again))
  await wire.until((received) => textOf(received) === 'sent again ahead')
})

test('a shell session acknowledges and ignores flags and handshakes', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const wire = await openWire(await execute('sh -c "echo ready; cat"'))
  await wire.until((received) => textOf(received) === 'ready\n')
  const failedHandshake = {
    ClientVersion: '1.2.0.0',
    ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 2 }],
  }
  wire.input(0, Buffer.from([0, 0, 0, 2]), payloadTypes.flag)
  wire.input(1, JSON.stringify(failedHandshake), payloadTypes.handshakeResponse)
  wire.input(2, 'still here')
  await wire.until((received) => textOf(received) === 'ready\nstill here')
  assert.deepEqual(numbersOf(wire.received, 'acknowledge'), [0, 1, 2])
})

test('a pause holds output back until the message that ends it', async (t) => {
  const [go, printed] = [join(dataFolder(t), 'go'), join(dataFolder(t), 'gone')]
  const { execute } = await engineWithProcesses(t)
  const wire = await openWire(
    await execute(`sh -c "echo ready; until [ -e ${go} ]; do sleep 0.01; done; echo late; touch ${printed}; cat"`),
  )
  await untilSized(wire)
  await wire.until((received) => textOf(received) === 'ready\n')
  wire.acknowledge(wire.received.find(({ type }) => type === 'output_stream_data')!)
  wire.send('pause_publication')
  writeFileSync(go, '')
  await waitUntil(() => existsSync(printed))
  // By then the engine has received the output: a pong follows everything sent before it.
  for (let i = 0; i < 10; i++) {
    wire.socket.ping()
    await once(wire.socket, 'pong')
  }
  assert.equal(textOf(wire.received), 'ready\n')
  wire.send('start_publication')
  await wire.until((received) => textOf(received) === 'ready\nlate\n')
})

test('the terminal’s size is set, and a disconnecting client ends the command', async (t) => {
  const { execute, sizes, ends } = await engineWithProcesses(t)
  const client = connectSession(await execute('sh -c "echo ready; exec sleep 1000"'))
  await client.shows('ready')
  client.resize(120, 40)
  await waitUntil(() => sizes.at(-1)?.columns === 120)
  // A size may be set several times.
  const different = sizes.filter(({ columns }, i) => columns !== sizes[i - 1]?.columns)
  assert.deepEqual(different, [
    { columns: 300, rows: 100 },
    { columns: 120, rows: 40 },
  ])
  client.hangUp()
  await waitUntil(() => ends.length > 0)
  const killed = connectSession(await execute('sh -c "echo ready; exec sleep 1000"'))
  await killed.shows('ready')
  killed.vanish()
  await waitUntil(() => ends.length > 1)
  assert.deepEqual(ends, ['SIGHUP', 'SIGHUP'])
})

test('only the token opens the session, and only once; every rejection closes the channel', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const session = await execute('cat')
  const invalidToken = 'The session or its token is not valid.'
  assert.equal(
    await connectSession({ ...session, tokenValue: 'x'.repeat(session.tokenValue!.length) }).closed,
    invalidToken,
  )
  const client = connectSession(session, { isReady: true })
  client.type('hello\n')
  await client.shows('hello\n')
  assert.equal(await connectSession(session).closed, invalidToken)
  client.type('still here\n')
  await client.shows('still here\n')
})

test('a token is valid for a minute', async (t) => {
  const clock = manualClock()
  const { execute } = await engineWithProcesses(t, { clock })
  const session = await execute('cat')
  clock.advance(60_000)
  assert.equal(await connectSession(session).closed, 'The session or its token is not valid.')
})

test('TerminateSession ends a session of the caller’s account, and ResumeSession returns no token', async (t) => {
  const { execute, configOf, ends } = await engineWithProcesses(t)
  const session = await execute('sh -c "echo ready; exec sleep 1000"')
  const SessionId = session.sessionId!
  const client = connectSession(session)
  await client.shows('ready')
  const [own, other] = ['111122223333', '444455556666'].map((account) => new SSMClient(configOf(account)))
  const resumed = await own!.send(new ResumeSessionCommand({ SessionId }))
  assert.deepEqual([resumed.SessionId, resumed.TokenValue], [SessionId, undefined])
  await other!.send(new TerminateSessionCommand({ SessionId }))
  assert.deepEqual(ends, [])
  assert.equal((await own!.send(new TerminateSessionCommand({ SessionId }))).SessionId, SessionId)
  assert.equal(await client.closed, '')
  await waitUntil(() => ends.length > 0)
  assert.deepEqual(ends, ['SIGHUP'])
  const unopened = await execute('cat')
  await own!.send(new TerminateSessionCommand({ SessionId: unopened.sessionId! }))
  assert.equal(await connectSession(unopened).closed, 'The session or its token is not valid.')
})

test('a session ends after 20 minutes without input or output', async (t) => {
  const clock = manualClock()
  const { execute, ends } = await engineWithProcesses(t, { clock })
  const wire = await openWire(await execute('cat'))
  /**
   * Every 54 s the engine sends a ping; the pong to the test's own ping shows that the engine has received the client's
   * pong.
   */
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 54) {
      const pinged = once(wire.socket, 'ping')
      clock.advance(54_000)
      await pinged
      wire.socket.ping()
      await once(wire.socket, 'pong')
    }
  }
  await untilSized(wire)
  for (const [i, text] of ['one', 'onetwo', 'onetwothree'].entries()) {
    wire.input(i + 1, ['one', 'two', 'three'][i]!)
    await wire.until((received) => textOf(received) === text)
    await pass(19 * 60)
  }
  clock.advance(54_000)
  await wire.until((received) => received.at(-1)?.type === 'channel_closed')
  await waitUntil(() => ends.length > 0)
})

test('a client that answers no ping is disconnected', async (t) => {
  const clock = manualClock()
  const { execute, ends } = await engineWithProcesses(t, { clock })
  const wire = await openWire(await execute('cat'))
  await untilSized(wire)
  clock.advance(54_000)
  await once(wire.socket, 'ping')
  wire.socket.pause()
  clock.advance(54_000)
  clock.advance(54_000)
  await waitUntil(() => ends.length > 0)
  assert.deepEqual(ends, ['SIGHUP'])
})

test('when the container ends the channel only pauses, as on AWS', async (t) => {
  const { execute, kill, ends } = await engineWithProcesses(t)
  const wire = await openWire(await execute('sh -c "echo ready; exec sleep 1000"'))
  const pauses = () => wire.received.filter(({ type }) => type === 'pause_publication').length
  await wire.until((received) => textOf(received) === 'ready\n')
  kill()
  await wire.until(() => pauses() === 1)
  wire.input(0, 'anybody?')
  await wire.until(() => pauses() === 2)
  await waitUntil(() => ends.length > 0)
  assert.ok(!wire.received.some(({ type }) => type === 'channel_closed' || type === 'acknowledge'))
})

test('a closing engine ends every session, and sockets without a token, with channel_closed', async (t) => {
  const { execute, closeSessions, ends } = await engineWithProcesses(t)
  const session = await execute('sh -c "echo ready; exec sleep 1000"')
  const client = connectSession(session)
  await client.shows('ready')
  const { streamUrl = '' } = await execute('cat')
  const bare = await openWire({ streamUrl, tokenValue: 'none' })
  assert.equal((await bare.until((received) => received.length > 0))[0]?.type, 'channel_closed')
  await closeSessions()
  assert.equal(await client.closed, 'The engine is closing.')
  assert.deepEqual(ends, ['SIGHUP'])
})

/** Sends input 0, the terminal's size, until the command accepts it: from then on its output is read. */
async function untilSized(wire: SessionWire): Promise<void> {
  const sizing = setInterval(() => wire.input(0, '{"cols":80,"rows":24}', payloadTypes.size), 20)
  await wire.until((received) => numbersOf(received, 'acknowledge').includes(0))
  clearInterval(sizing)
}

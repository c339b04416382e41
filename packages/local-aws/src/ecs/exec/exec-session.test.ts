import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ResumeSessionCommand, SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { payloadTypes } from '../../protocol/session-message.ts'
import { createDataFolder } from '../../testing/data-folder.ts'
import { openEngineWithExecProcesses, waitUntil } from '../../testing/exec-processes.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { openRawSession, outputTextOf, type RawSession, sequenceNumbersOf } from '../../testing/raw-session.ts'
import { connectSession } from '../../testing/session-client.ts'

test('a session prints output, accepts input, and closes normally whatever the exit code', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const client = connectSession(await execute('sh -c "echo ready; read line; echo got $line; exit 3"'))
  await client.waitForOutput('ready\n')
  client.typeText('hello\n')
  await client.waitForOutput('got hello\n')
  assert.equal(await client.closed, '')
})

test('100 concurrent sessions receive all output, although each client drops its first message', async (t) => {
  const { runTaskWithExec } = await openEngineWithExecProcesses(t)
  const tasks = await Promise.all(Array.from({ length: 5 }, runTaskWithExec))
  const clients = await Promise.all(
    Array.from({ length: 100 }, async (_, i) =>
      connectSession(await tasks[i % 5]!.execute('sh -c "echo one; echo two; read x; echo three"')),
    ),
  )
  await Promise.all(
    clients.map(async (client) => {
      await client.waitForOutput('two\n')
      client.typeText('\n')
      assert.equal(await client.closed, '')
      assert.equal(client.printedOutput(), 'one\ntwo\nthree\n')
      assert.ok(client.droppedMessageCount() > 0)
    }),
  )
})

test('large output arrives complete and in order', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const client = connectSession(
    await execute(`${process.execPath} -e "for (let i = 0; i < 50000; i++) console.log('line ' + i)"`),
  )
  assert.equal(await client.closed, '')
  assert.equal(client.printedOutput(), Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join(''))
})

test('large input arrives complete and in order', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const client = connectSession(await execute('cat'), { isReady: true })
  const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i}\n`)
  for (const line of lines) client.typeText(line)
  await client.waitForOutput('line 4999\n')
  assert.equal(client.printedOutput(), lines.join(''))
})

test('without a handshake the first message is output 0, with the flag SYN', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const wire = await openRawSession(await execute('echo hello'))
  const [first] = await wire.waitUntilReceived((received) => received.length > 0)
  assert.deepEqual(
    [first?.type, first?.sequence, first?.flags, first?.payloadType],
    ['output_stream_data', 0, 1, payloadTypes.bytes],
  )
})

test('no UTF-8 character is split between two messages', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const text = 'xé€😀'.repeat(1000)
  const wire = await openRawSession(
    await execute(`${process.execPath} -e "process.stdout.write('xé€😀'.repeat(1000))"`),
  )
  const received = await wire.waitUntilReceived((received) => received.at(-1)?.type === 'channel_closed')
  const payloads = received
    .filter(({ type }) => type === 'output_stream_data')
    .map(({ payload }) => Buffer.from(payload).toString())
  assert.ok(payloads.every((payload) => !payload.includes('�')))
  assert.equal(outputTextOf(received), text)
})

test('the oldest unacknowledged output message is sent again until it is acknowledged', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const wire = await openRawSession(
    await execute(`${process.execPath} -e "process.stdout.write('x'.repeat(3000)); process.stdin.resume()"`),
  )
  const count = (sequence: number) =>
    sequenceNumbersOf(wire.received, 'output_stream_data').filter((number) => number === sequence).length
  await wire.waitUntilReceived(() => count(0) >= 3)
  assert.deepEqual([count(1), count(2)], [1, 1])
  wire.acknowledge(wire.received.find(({ sequence }) => sequence === 2)!)
  wire.acknowledge(wire.received.find(({ sequence }) => sequence === 0)!)
  await wire.waitUntilReceived(() => count(1) >= 3)
  const sent = count(0)
  await wire.waitUntilReceived(() => count(1) >= 5)
  assert.deepEqual([count(0), count(2)], [sent, 1])
})

test('input is ordered by sequence number: early messages wait, late ones are acknowledged again', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const wire = await openRawSession(await execute('cat'))
  const acknowledged = () => sequenceNumbersOf(wire.received, 'acknowledge')
  wire.sendInput(2, 'c')
  wire.sendInput(1, 'b')
  wire.sendInput(1, 'b')
  await wire.waitUntilReceived(() => acknowledged().length === 3)
  assert.deepEqual(acknowledged(), [2, 1, 1])
  for (let sent = 0; outputTextOf(wire.received) === ''; sent++) {
    wire.sendInput(0, 'a')
    await wire.waitUntilReceived(
      () => sequenceNumbersOf(wire.received, 'acknowledge').length > 3 + sent || outputTextOf(wire.received) !== '',
    )
  }
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'abc')
  wire.sendInput(0, 'a')
  wire.sendInput(3, 'd')
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'abcd')
  assert.deepEqual(acknowledged().slice(-2), [0, 3])
})

test('early input is bounded: messages beyond the bound are dropped and not acknowledged', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const wire = await openRawSession(await execute('cat'))
  const big = Buffer.alloc(4_194_304)
  for (let i = 1; i <= 5; i++) wire.sendInput(i, big)
  wire.sendInput(6, 'small')
  const received = await wire.waitUntilReceived((messages) => sequenceNumbersOf(messages, 'acknowledge').length === 4)
  assert.deepEqual(sequenceNumbersOf(received, 'acknowledge'), [1, 2, 3, 4])
})

test('input before the command has a terminal is dropped without acknowledgement, and accepted when it is sent again', async (t) => {
  const starts = Promise.withResolvers<void>()
  const { execute } = await openEngineWithExecProcesses(t, { startsAfter: starts.promise })
  const wire = await openRawSession(await execute('cat'))
  wire.sendInput(0, 'early')
  wire.sendInput(1, 'ahead')
  await wire.waitUntilReceived((received) => sequenceNumbersOf(received, 'acknowledge').length > 0)
  assert.deepEqual(sequenceNumbersOf(wire.received, 'acknowledge'), [1])
  starts.resolve()
  const again = setInterval(() => wire.sendInput(0, 'sent again '), 20)
  t.after(() => clearInterval(again))
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'sent again ahead')
})

test('a shell session acknowledges and ignores flags and handshakes', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const wire = await openRawSession(await execute('sh -c "echo ready; cat"'))
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'ready\n')
  const failedHandshake = {
    ClientVersion: '1.2.0.0',
    ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 2 }],
  }
  wire.sendInput(0, Buffer.from([0, 0, 0, 2]), payloadTypes.flag)
  wire.sendInput(1, JSON.stringify(failedHandshake), payloadTypes.handshakeResponse)
  wire.sendInput(2, 'still here')
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'ready\nstill here')
  assert.deepEqual(sequenceNumbersOf(wire.received, 'acknowledge'), [0, 1, 2])
})

test('a pause holds output back until the message that ends it', async (t) => {
  const [go, printed] = [join(createDataFolder(t), 'go'), join(createDataFolder(t), 'gone')]
  const { execute } = await openEngineWithExecProcesses(t)
  const wire = await openRawSession(
    await execute(`sh -c "echo ready; until [ -e ${go} ]; do sleep 0.01; done; echo late; touch ${printed}; cat"`),
  )
  await sendSizeUntilAccepted(wire)
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'ready\n')
  wire.acknowledge(wire.received.find(({ type }) => type === 'output_stream_data')!)
  wire.sendEmpty('pause_publication')
  writeFileSync(go, '')
  await waitUntil(() => existsSync(printed))
  // By then the engine has received the output: a pong follows everything sent before it.
  for (let i = 0; i < 10; i++) {
    wire.socket.ping()
    await once(wire.socket, 'pong')
  }
  assert.equal(outputTextOf(wire.received), 'ready\n')
  wire.sendEmpty('start_publication')
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'ready\nlate\n')
})

test('the terminal’s size is set, and a disconnecting client ends the command', async (t) => {
  const { execute, sizes, endSignals } = await openEngineWithExecProcesses(t)
  const client = connectSession(await execute('sh -c "echo ready; exec sleep 1000"'))
  await client.waitForOutput('ready')
  client.resize(120, 40)
  await waitUntil(() => sizes.at(-1)?.columns === 120)
  // A size may be set several times.
  const different = sizes.filter(({ columns }, i) => columns !== sizes[i - 1]?.columns)
  assert.deepEqual(different, [
    { columns: 300, rows: 100 },
    { columns: 120, rows: 40 },
  ])
  client.closeSocket()
  await waitUntil(() => endSignals.length > 0)
  const killed = connectSession(await execute('sh -c "echo ready; exec sleep 1000"'))
  await killed.waitForOutput('ready')
  killed.cutConnection()
  await waitUntil(() => endSignals.length > 1)
  assert.deepEqual(endSignals, ['SIGHUP', 'SIGHUP'])
})

test('only the token opens the session, and only once; every rejection closes the channel', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const session = await execute('cat')
  const invalidToken = 'The session or its token is not valid.'
  assert.equal(
    await connectSession({ ...session, tokenValue: 'x'.repeat(session.tokenValue!.length) }).closed,
    invalidToken,
  )
  const client = connectSession(session, { isReady: true })
  client.typeText('hello\n')
  await client.waitForOutput('hello\n')
  assert.equal(await connectSession(session).closed, invalidToken)
  client.typeText('still here\n')
  await client.waitForOutput('still here\n')
})

test('a token is valid for a minute', async (t) => {
  const clock = createManualClock()
  const { execute } = await openEngineWithExecProcesses(t, { clock })
  const session = await execute('cat')
  clock.advance(60_000)
  assert.equal(await connectSession(session).closed, 'The session or its token is not valid.')
})

test('TerminateSession ends a session of the caller’s account, and ResumeSession returns no token', async (t) => {
  const { execute, configOf, endSignals } = await openEngineWithExecProcesses(t)
  const session = await execute('sh -c "echo ready; exec sleep 1000"')
  const SessionId = session.sessionId!
  const client = connectSession(session)
  await client.waitForOutput('ready')
  const [own, other] = ['111122223333', '444455556666'].map((account) => new SSMClient(configOf(account)))
  const resumed = await own!.send(new ResumeSessionCommand({ SessionId }))
  assert.deepEqual([resumed.SessionId, resumed.TokenValue], [SessionId, undefined])
  await other!.send(new TerminateSessionCommand({ SessionId }))
  assert.deepEqual(endSignals, [])
  assert.equal((await own!.send(new TerminateSessionCommand({ SessionId }))).SessionId, SessionId)
  assert.equal(await client.closed, '')
  await waitUntil(() => endSignals.length > 0)
  assert.deepEqual(endSignals, ['SIGHUP'])
  const unopened = await execute('cat')
  await own!.send(new TerminateSessionCommand({ SessionId: unopened.sessionId! }))
  assert.equal(await connectSession(unopened).closed, 'The session or its token is not valid.')
})

test('a session ends after 20 minutes without input or output', async (t) => {
  const clock = createManualClock()
  const { execute, endSignals } = await openEngineWithExecProcesses(t, { clock })
  const wire = await openRawSession(await execute('cat'))
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
  await sendSizeUntilAccepted(wire)
  for (const [i, text] of ['one', 'onetwo', 'onetwothree'].entries()) {
    wire.sendInput(i + 1, ['one', 'two', 'three'][i]!)
    await wire.waitUntilReceived((received) => outputTextOf(received) === text)
    await pass(19 * 60)
  }
  clock.advance(54_000)
  await wire.waitUntilReceived((received) => received.at(-1)?.type === 'channel_closed')
  await waitUntil(() => endSignals.length > 0)
})

test('a client that answers no ping is disconnected', async (t) => {
  const clock = createManualClock()
  const { execute, endSignals } = await openEngineWithExecProcesses(t, { clock })
  const wire = await openRawSession(await execute('cat'))
  await sendSizeUntilAccepted(wire)
  clock.advance(54_000)
  await once(wire.socket, 'ping')
  wire.socket.pause()
  clock.advance(54_000)
  clock.advance(54_000)
  await waitUntil(() => endSignals.length > 0)
  assert.deepEqual(endSignals, ['SIGHUP'])
})

test('when the container ends the channel only pauses, as on AWS', async (t) => {
  const { execute, kill, endSignals } = await openEngineWithExecProcesses(t)
  const wire = await openRawSession(await execute('sh -c "echo ready; exec sleep 1000"'))
  const pauses = () => wire.received.filter(({ type }) => type === 'pause_publication').length
  await wire.waitUntilReceived((received) => outputTextOf(received) === 'ready\n')
  kill()
  await wire.waitUntilReceived(() => pauses() === 1)
  wire.sendInput(0, 'anybody?')
  await wire.waitUntilReceived(() => pauses() === 2)
  await waitUntil(() => endSignals.length > 0)
  assert.ok(!wire.received.some(({ type }) => type === 'channel_closed' || type === 'acknowledge'))
})

test('a closing engine ends every session, and sockets without a token, with channel_closed', async (t) => {
  const { execute, closeSessions, endSignals } = await openEngineWithExecProcesses(t)
  const session = await execute('sh -c "echo ready; exec sleep 1000"')
  const client = connectSession(session)
  await client.waitForOutput('ready')
  const { streamUrl = '' } = await execute('cat')
  const bare = await openRawSession({ streamUrl, tokenValue: 'none' })
  assert.equal((await bare.waitUntilReceived((received) => received.length > 0))[0]?.type, 'channel_closed')
  await closeSessions()
  assert.equal(await client.closed, 'The engine is closing.')
  assert.deepEqual(endSignals, ['SIGHUP'])
})

/** Sends input 0, the terminal's size, until the command accepts it: from then on its output is read. */
async function sendSizeUntilAccepted(wire: RawSession): Promise<void> {
  const sizing = setInterval(() => wire.sendInput(0, '{"cols":80,"rows":24}', payloadTypes.size), 20)
  await wire.waitUntilReceived((received) => sequenceNumbersOf(received, 'acknowledge').includes(0))
  clearInterval(sizing)
}

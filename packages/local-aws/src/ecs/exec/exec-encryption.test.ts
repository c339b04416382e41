import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { DescribeTasksCommand, UpdateClusterCommand } from '@aws-sdk/client-ecs'
import { KMS } from '@aws-sdk/client-kms'
import { payloadTypes, type SessionMessage } from '../../protocol/session-message.ts'
import { openEngineWithExecProcesses } from '../../testing/exec-processes.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { openRawSession, type RawSession } from '../../testing/raw-session.ts'

const handshakeError = (text: string) =>
  `\n----------ERROR-------\nEncountered error while initiating handshake. ${text}\n`

/** Opens an engine whose default cluster has a KMS key, and a session that has received the handshake's request. */
async function startEncryptedSession(t: TestContext, options: Parameters<typeof openEngineWithExecProcesses>[1] = {}) {
  const engine = await openEngineWithExecProcesses(t, options)
  const { ecs, taskArn, execute, configOf } = engine
  const kms = new KMS(configOf('111122223333'))
  const { KeyMetadata } = await kms.createKey({})
  await kms.createAlias({ AliasName: 'alias/sessions', TargetKeyId: KeyMetadata!.KeyId! })
  const executeCommandConfiguration = { kmsKeyId: 'alias/sessions', logging: 'DEFAULT' as const }
  await ecs.send(new UpdateClusterCommand({ cluster: 'default', configuration: { executeCommandConfiguration } }))
  const { tasks } = await ecs.send(new DescribeTasksCommand({ tasks: [taskArn] }))
  const { runtimeId } = tasks![0]!.containers![0]!
  const session = await execute('sh -c "echo secret output; cat"')
  const context = {
    'aws:ssm:SessionId': session.sessionId!,
    'aws:ssm:TargetId': `ecs:default_${taskArn.slice(-32)}_${runtimeId}`,
  }
  const wire = await openRawSession(session)
  const [request] = await outputMessages(wire, 1)
  const { RequestedClientActions: actions } = JSON.parse(String(request!.payload))
  return { ...engine, kms, context, wire, request: request!, actions }
}

/** Waits for the first `count` output messages, without repetitions, and acknowledges them. */
async function outputMessages(wire: RawSession, count: number): Promise<SessionMessage[]> {
  const distinct = (received: readonly SessionMessage[]) => [
    ...new Map(
      received.filter(({ type }) => type === 'output_stream_data').map((message) => [message.sequence, message]),
    ).values(),
  ]
  const messages = distinct(await wire.waitUntilReceived((received) => distinct(received).length >= count))
  for (const message of messages) wire.acknowledge(message)
  return messages
}

async function closingReason(wire: RawSession): Promise<string> {
  const received = await wire.waitUntilReceived((messages) => messages.at(-1)?.type === 'channel_closed')
  return JSON.parse(String(received.at(-1)!.payload)).Output
}

const processedAction = (type: string, more: object = {}) => ({
  ActionType: type,
  ActionStatus: 1,
  ActionResult: null,
  Error: '',
  ...more,
})

function answerHandshake(wire: RawSession, encryption: object): void {
  const response = { ClientVersion: '1.2.677.0', ProcessedClientActions: [processedAction('SessionType'), encryption] }
  wire.sendInput(0, JSON.stringify(response), payloadTypes.handshakeResponse)
}

function answerWithDataKey(wire: RawSession, ciphertext: Uint8Array, more: object = {}): void {
  const result = { KMSCipherTextKey: Buffer.from(ciphertext).toString('base64'), ...more }
  answerHandshake(wire, processedAction('KMSEncryption', { ActionResult: result }))
}

function encryptPayload(key: Uint8Array, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

function decryptPayload(key: Uint8Array, payload: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, payload.subarray(0, 12))
  cipher.setAuthTag(payload.subarray(-16))
  return Buffer.concat([cipher.update(payload.subarray(12, -16)), cipher.final()])
}

for (const acknowledgesChallenge of [true, false]) {
  const client = acknowledgesChallenge ? 'a client that knows the random challenge' : 'an older client'
  test(`in a cluster with a KMS key, ${client} has an encrypted session`, async (t) => {
    const { kms, context, wire, request, actions } = await startEncryptedSession(t)
    assert.deepEqual([request.payloadType, request.sequence, request.flags], [5, 0, 1])
    assert.deepEqual(actions[0], {
      ActionType: 'SessionType',
      ActionParameters: { SessionType: 'InteractiveCommands', Properties: null },
    })
    const { KMSKeyId: KeyId, Challenge } = actions[1].ActionParameters
    assert.deepEqual([KeyId, Buffer.from(Challenge, 'base64').byteLength], ['alias/sessions', 16])
    const key = await kms.generateDataKey({
      KeyId,
      NumberOfBytes: 64,
      EncryptionContext: { ...context, ...(acknowledgesChallenge && { 'aws:ssm:RandomChallenge': Challenge }) },
    })
    const [agentKey, clientKey] = [key.Plaintext!.subarray(0, 32), key.Plaintext!.subarray(32)]
    answerWithDataKey(wire, key.CiphertextBlob!, acknowledgesChallenge ? { ChallengeAcknowledgement: true } : {})
    const [, challenge] = await outputMessages(wire, 2)
    assert.equal(challenge!.payloadType, payloadTypes.challengeRequest)
    const text = decryptPayload(agentKey, Buffer.from(JSON.parse(String(challenge!.payload)).Challenge, 'base64'))
    assert.equal(text.byteLength, 64)
    const answer = { Challenge: encryptPayload(clientKey, text).toString('base64') }
    wire.sendInput(1, JSON.stringify(answer), payloadTypes.challengeResponse)
    const [, , complete] = await outputMessages(wire, 3)
    assert.equal(complete!.payloadType, payloadTypes.handshakeComplete)
    assert.equal(JSON.parse(String(complete!.payload)).CustomerMessage, 'This session is encrypted using AWS KMS.')

    // Sizes are not encrypted; input and output are, with a nonce of its own each.
    const sizing = setInterval(() => wire.sendInput(2, '{"cols":80,"rows":24}', payloadTypes.size), 20)
    const [, , , first] = await outputMessages(wire, 4)
    clearInterval(sizing)
    assert.equal(first!.payloadType, payloadTypes.bytes)
    assert.equal(decryptPayload(agentKey, first!.payload).toString(), 'secret output\n')
    assert.ok(!Buffer.from(first!.payload).includes('secret'))
    // Input that the client's key did not encrypt is dropped without an acknowledgement.
    wire.sendInput(3, 'in the clear')
    wire.sendInput(3, encryptPayload(agentKey, Buffer.from('the agent’s key')))
    wire.sendInput(3, encryptPayload(clientKey, Buffer.from('typed')))
    const [, , , , second] = await outputMessages(wire, 5)
    assert.equal(decryptPayload(agentKey, second!.payload).toString(), 'typed')
    assert.notDeepEqual(second!.payload.subarray(0, 12), first!.payload.subarray(0, 12))
  })
}

test('a failure of the client or of its key ends the session with the error text of AWS', async (t) => {
  const refusal = 'Failed to process action KMSEncryption: Error calling KMS GenerateDataKey API: AccessDeniedException'
  const one = await startEncryptedSession(t)
  answerHandshake(one.wire, processedAction('KMSEncryption', { ActionStatus: 2, Error: refusal }))
  assert.equal(
    await closingReason(one.wire),
    handshakeError(`KMSEncryption failed on client with status 2 error: ${refusal}`),
  )
  assert.deepEqual(one.endSignals, [], 'no command was started')

  const other = await startEncryptedSession(t)
  const EncryptionContext = { ...other.context, 'aws:ssm:TargetId': 'ecs:default_other_task' }
  const key = await other.kms.generateDataKey({ KeyId: 'alias/sessions', NumberOfBytes: 64, EncryptionContext })
  answerWithDataKey(other.wire, key.CiphertextBlob!)
  assert.match(
    await closingReason(other.wire),
    /Fetching data key failed: Unable to retrieve data key, Error when decrypting data key InvalidCiphertextException/,
  )

  const { wire, kms, context } = await startEncryptedSession(t)
  const { CiphertextBlob } = await kms.generateDataKey({
    KeyId: 'alias/sessions',
    NumberOfBytes: 64,
    EncryptionContext: context,
  })
  answerWithDataKey(wire, CiphertextBlob!)
  await outputMessages(wire, 2)
  const wrong = encryptPayload(randomBytes(32), randomBytes(64)).toString('base64')
  wire.sendInput(1, JSON.stringify({ Challenge: wrong }), payloadTypes.challengeResponse)
  assert.equal(await closingReason(wire), handshakeError('Encryption challenge does not match.'))
})

test('a client that does not answer the handshake loses the session after 15 s', async (t) => {
  const clock = createManualClock()
  const { wire } = await startEncryptedSession(t, { clock })
  wire.sendInput(0, 'typed too early')
  await wire.waitUntilReceived((received) => received.some(({ type }) => type === 'acknowledge'))
  clock.advance(15_000)
  assert.equal(
    await closingReason(wire),
    handshakeError(
      'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.',
    ),
  )
})

test('a client that leaves during the handshake ends the session without a command', async (t) => {
  const { wire, closeSessions, endSignals } = await startEncryptedSession(t)
  wire.socket.terminate()
  await closeSessions()
  assert.deepEqual(endSignals, [])
})

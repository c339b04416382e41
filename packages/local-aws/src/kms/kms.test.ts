import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { KMS } from '@aws-sdk/client-kms'
import { createDataFolder } from '../testing/data-folder.ts'
import { accountNumber, openTestEngine, region } from '../testing/test-engine.ts'

const context = { 'aws:ssm:SessionId': 'ecs-execute-command-1', 'aws:ssm:TargetId': 'ecs:prod_1_2' }
const alias = `arn:aws:kms:${region}:${accountNumber}:alias/sessions`

async function createSessionKey(t: TestContext) {
  const { clientOf } = await openTestEngine(t)
  const kms = clientOf(KMS)
  const { KeyMetadata } = await kms.createKey({ Description: 'for sessions' })
  await kms.createAlias({ AliasName: 'alias/sessions', TargetKeyId: KeyMetadata!.KeyId! })
  return { kms, id: KeyMetadata!.KeyId!, arn: KeyMetadata!.Arn! }
}

test('a data key is decrypted with its encryption context, whatever the order of its pairs', async (t) => {
  const { kms, id, arn } = await createSessionKey(t)
  for (const KeyId of [id, arn, 'alias/sessions', alias]) {
    const made = await kms.generateDataKey({ KeyId, NumberOfBytes: 64, EncryptionContext: context })
    assert.deepEqual([made.KeyId, made.Plaintext?.byteLength], [arn, 64])
    const reordered = Object.fromEntries(Object.entries(context).reverse())
    for (const more of [{}, { KeyId }]) {
      const request = { CiphertextBlob: made.CiphertextBlob!, EncryptionContext: reordered, ...more }
      const opened = await kms.decrypt(request)
      assert.deepEqual([opened.KeyId, opened.Plaintext], [arn, made.Plaintext])
    }
  }
  const { Plaintext } = await kms.generateDataKey({ KeyId: id, KeySpec: 'AES_128' })
  assert.equal(Plaintext?.byteLength, 16)
})

test('a ciphertext is decrypted only with its key and its encryption context', async (t) => {
  const { kms, id } = await createSessionKey(t)
  const { CiphertextBlob: blob } = await kms.generateDataKey({
    KeyId: id,
    NumberOfBytes: 64,
    EncryptionContext: context,
  })
  const invalid = { name: 'InvalidCiphertextException' }
  const open = (CiphertextBlob: Uint8Array, more: object = {}) =>
    kms.decrypt({ CiphertextBlob, EncryptionContext: context, ...more })
  await assert.rejects(open(blob!, { EncryptionContext: undefined }), invalid)
  await assert.rejects(open(blob!, { EncryptionContext: { ...context, 'aws:ssm:SessionId': 'other' } }), invalid)
  for (const at of [0, 1, 20, blob!.byteLength - 1]) {
    const changed = Uint8Array.from(blob!)
    changed[at]! ^= 1
    await assert.rejects(open(changed), invalid, `byte ${at}`)
  }
  await assert.rejects(open(Buffer.from('short')), invalid)
  const { KeyMetadata: other } = await kms.createKey({})
  await assert.rejects(open(blob!, { KeyId: other!.KeyId }), { name: 'IncorrectKeyException' })
})

test('a missing key, a missing alias, a foreign key and a disabled key are rejected in KMS’s words', async (t) => {
  const { kms, id, arn } = await createSessionKey(t)
  const generate = (KeyId: string) => kms.generateDataKey({ KeyId, NumberOfBytes: 64 })
  const missing = '00000000-0000-4000-8000-000000000000'
  const notFound = (message: string) => ({ name: 'NotFoundException', message })
  await assert.rejects(generate(missing), notFound(`Key '${arn.replace(id, missing)}' does not exist`))
  await assert.rejects(generate('alias/none'), notFound(`Alias ${alias.replace('sessions', 'none')} is not found.`))
  await assert.rejects(generate('sessions'), notFound('Invalid keyId sessions'))
  const foreign = arn.replace(accountNumber, '444455556666')
  await assert.rejects(generate(foreign), notFound(`Key '${foreign}' does not exist`))
  const { CiphertextBlob } = await generate(id)
  await kms.disableKey({ KeyId: id })
  const disabled = { name: 'DisabledException', message: `${arn} is disabled.` }
  await assert.rejects(generate('alias/sessions'), disabled)
  await assert.rejects(kms.decrypt({ CiphertextBlob: CiphertextBlob! }), disabled)
  await kms.enableKey({ KeyId: arn })
  await generate('alias/sessions')
})

test('a request with DryRun gets the error that it would get without it, or else DryRunOperationException', async (t) => {
  const { kms, id } = await createSessionKey(t)
  const dry = (more: object) => kms.generateDataKey({ KeyId: id, NumberOfBytes: 64, DryRun: true, ...more })
  await assert.rejects(dry({}), { name: 'DryRunOperationException' })
  await assert.rejects(dry({ KeyId: 'alias/none' }), { name: 'NotFoundException' })
  await assert.rejects(dry({ KeySpec: 'AES_256' }), {
    name: 'ValidationException',
    message: 'Please specify either number of bytes or key spec.',
  })
})

test('keys and aliases are listed by pages', async (t) => {
  const { kms, id, arn } = await createSessionKey(t)
  for (let i = 0; i < 4; i++) {
    const { KeyMetadata } = await kms.createKey({})
    await kms.createAlias({ AliasName: `alias/other-${i}`, TargetKeyId: KeyMetadata!.Arn! })
  }
  const found: string[] = []
  let marker: string | undefined
  do {
    const page = await kms.listKeys({ Limit: 2, ...(marker && { Marker: marker }) })
    found.push(...page.Keys!.map(({ KeyArn }) => KeyArn!))
    assert.equal(page.Truncated, page.NextMarker !== undefined)
    marker = page.NextMarker
  } while (marker)
  assert.equal(new Set(found).size, 5)
  assert.ok(found.includes(arn))
  const { Aliases } = await kms.listAliases({ KeyId: id })
  assert.deepEqual(
    Aliases!.map(({ AliasName, AliasArn, TargetKeyId }) => [AliasName, AliasArn, TargetKeyId]),
    [['alias/sessions', alias, id]],
  )
  assert.equal((await kms.listAliases({})).Aliases!.length, 5)
  await kms.deleteAlias({ AliasName: 'alias/sessions' })
  assert.equal((await kms.listAliases({})).Aliases!.length, 4)
  await assert.rejects(kms.listKeys({ Marker: 'nonsense' }), { name: 'InvalidMarkerException' })
})

test('aliases with wrong names or targets, and keys that the engine lacks, are rejected', async (t) => {
  const { kms, id } = await createSessionKey(t)
  const create = (AliasName: string, TargetKeyId = id) => kms.createAlias({ AliasName, TargetKeyId })
  await assert.rejects(create('alias/sessions'), { name: 'AlreadyExistsException' })
  await assert.rejects(create('sessions'), { name: 'ValidationException' })
  await assert.rejects(create('alias/aws/ssm'), { name: 'NotAuthorizedException' })
  await assert.rejects(create('alias/second', 'alias/sessions'), { name: 'ValidationException' })
  const unsupported = { name: 'UnsupportedOperationException' }
  for (const input of [{ KeySpec: 'RSA_2048' }, { MultiRegion: true }, { Policy: '{}' }, { Tags: [] }] as object[])
    await assert.rejects(kms.createKey(input), unsupported, JSON.stringify(input))
  await kms.createKey({ KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT', MultiRegion: false })
  await assert.rejects(kms.scheduleKeyDeletion({ KeyId: id }), { name: 'UnsupportedFeatureException' })
})

test('a key decrypts after a restart of the engine', async (t) => {
  const data = createDataFolder(t)
  const before = await openTestEngine(t, { data }, { isClosedByTest: true })
  const kms = before.clientOf(KMS)
  const { KeyMetadata } = await kms.createKey({ Description: 'a description' })
  const made = await kms.generateDataKey({ KeyId: KeyMetadata!.KeyId!, NumberOfBytes: 64 })
  await before.aws.close()
  const after = await openTestEngine(t, { data })
  const opened = await after.clientOf(KMS).decrypt({ CiphertextBlob: made.CiphertextBlob! })
  assert.deepEqual(opened.Plaintext, made.Plaintext)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../clock.ts'
import { randomIds } from '../ids.ts'
import { openStorage } from '../storage/storage.ts'
import { openStorageCipher } from '../storage/storage-cipher.ts'
import { openSecretsManager } from './service.ts'

const caller = { account: '111122223333', region: 'us-east-1', arn: '', userId: '' }
const token = '00000000-0000-0000-0000-000000000001'
const fetchError = (cause: string) => ({
  name: 'ResourceInitializationError',
  message: `unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): ${cause}`,
})

test('a task gets the whole value, a member of it, or an earlier version; otherwise ECS’s message gives the reason', async (t) => {
  const storage = openStorage(':memory:')
  t.after(() => storage.close())
  const secrets = openSecretsManager({
    storage,
    cipher: openStorageCipher(':memory:', storage),
    clock: systemClock,
    ids: randomIds,
  })
  const perform = (action: string, input: object) => secrets.handleAction(action, input, caller)
  const value = { user: 'me', port: 5432, on: true, none: null, deep: { b: [1, 'x'], a: 'y' } }
  const { ARN } = (await perform('CreateSecret', {
    Name: 'db',
    SecretString: JSON.stringify(value),
    ClientRequestToken: token,
  })) as { ARN: string }
  const get = (valueFrom: string) => secrets.taskSecret(caller.account, caller.region, valueFrom)
  assert.equal(get(ARN), JSON.stringify(value))
  assert.equal(get(ARN.slice(0, -7)), JSON.stringify(value))
  const members = ['user', 'port', 'on', 'none', 'deep'].map((key) => get(`${ARN}:${key}::`))
  assert.deepEqual(members, ['me', '5432', 'true', '<nil>', 'map[a:y b:[1 x]]'])

  for (const [number, text] of [
    ['999999', '999999'],
    ['1000000', '1e+06'],
    ['12345678.5', '1.23456785e+07'],
    ['1e21', '1e+21'],
    ['1e100', '1e+100'],
    ['-0.0001', '-0.0001'],
    ['0.00001', '1e-05'],
    ['0', '0'],
  ]) {
    await perform('CreateSecret', { Name: `number/${number}`, SecretString: `{"n":[${number}]}` })
    const secretArn = `${ARN.slice(0, ARN.indexOf(':secret:'))}:secret:number/${number}`
    assert.equal(get(`${secretArn}:n::`), `[${text}]`)
  }
  await perform('CreateSecret', { Name: 'null', SecretString: 'null' })
  assert.throws(
    () => get(`${ARN.slice(0, ARN.indexOf(':secret:'))}:secret:null:n::`),
    fetchError('retrieved secret from Secrets Manager did not contain json key n'),
  )

  await perform('PutSecretValue', { SecretId: 'db', SecretString: 'plain' })
  assert.equal(get(`${ARN}::AWSCURRENT:`), 'plain')
  assert.equal(get(`${ARN}:user:AWSPREVIOUS:`), 'me')
  assert.equal(get(`${ARN}:user::${token}`), 'me')
  assert.throws(() => get(`${ARN}:user::`), fetchError("invalid character 'p' looking for beginning of value"))
  assert.throws(
    () => get(`${ARN}:pass:AWSPREVIOUS:`),
    fetchError('retrieved secret from Secrets Manager did not contain json key pass'),
  )
  assert.throws(
    () => get(`${ARN}x`),
    fetchError(
      `failed to fetch secret ${ARN}x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    ),
  )
})

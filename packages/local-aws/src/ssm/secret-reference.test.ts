import assert from 'node:assert/strict'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { SSM } from '@aws-sdk/client-ssm'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'

testInProcessAndOverTcp('a secret can be read through Parameter Store, with decryption only', async (open) => {
  const { clientOf } = await open()
  const [ssm, secrets] = [clientOf(SSM), clientOf(SecretsManager)]
  const name = '/aws/reference/secretsmanager/prod/db'
  const { ARN, VersionId: first } = await secrets.createSecret({ Name: 'prod/db', SecretString: 'one' })
  await secrets.putSecretValue({ SecretId: 'prod/db', SecretString: 'two' })
  const get = async (Name: string) => (await ssm.getParameter({ Name, WithDecryption: true })).Parameter
  const found = await get(name)
  assert.deepEqual(
    [found?.Name, found?.Type, found?.Value, found?.Version, found?.ARN],
    [name, 'SecureString', 'two', 0, `arn:aws:ssm:us-east-1:111122223333:parameter${name}`],
  )
  assert.deepEqual(
    (({ ARN, name, secretString }) => [ARN, name, secretString])(JSON.parse(found?.SourceResult ?? '')),
    [ARN, 'prod/db', 'two'],
  )
  assert.deepEqual(
    [
      (await get(`${name}:AWSPREVIOUS`))?.Value,
      (await get(`${name}:${first}`))?.Value,
      (await get(found?.ARN ?? ''))?.Value,
    ],
    ['one', 'one', 'two'],
  )
  const several = await ssm.getParameters({
    Names: [name, '/aws/reference/secretsmanager/none', '/none'],
    WithDecryption: true,
  })
  assert.deepEqual(
    several.Parameters?.map(({ Value }) => Value),
    ['two'],
  )
  assert.deepEqual(several.InvalidParameters, ['/aws/reference/secretsmanager/none', '/none'])
  const encrypted = {
    name: 'ValidationException',
    message: 'WithDecryption flag must be True for retrieving a Secret Manager secret.',
  }
  await assert.rejects(ssm.getParameter({ Name: name }), encrypted)
  await assert.rejects(ssm.getParameters({ Names: [name] }), encrypted)
  await assert.rejects(get('/aws/reference/secretsmanager/none'), {
    name: 'ParameterNotFound',
    message:
      'An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret /aws/reference/secretsmanager/none not found.',
  })
})

testInProcessAndOverTcp('a parameter’s value cannot nest another parameter', async (open) => {
  const { clientOf } = await open()
  const ssm = clientOf(SSM)
  for (const Value of ['{{x}}', 'a {{ssm:b}} c', '{{}}'])
    await assert.rejects(ssm.putParameter({ Name: 'a', Type: 'String', Value }), {
      name: 'ValidationException',
      message: 'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    })
  for (const Value of ['{"a": {"b": 1}}', '{x}'])
    await ssm.putParameter({ Name: 'a', Type: 'String', Value, Overwrite: true })
})

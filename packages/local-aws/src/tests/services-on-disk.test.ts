import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { SSM } from '@aws-sdk/client-ssm'
import { createDataFolder } from '../testing/data-folder.ts'
import { startEngineProcess } from '../testing/engine-process.ts'

const secretValue = 'correct-horse-battery-staple'

test('values of secrets and SecureStrings appear nowhere in the data folder, and are readable after kill -9', async (t) => {
  const data = createDataFolder(t)
  const engine = await startEngineProcess(t, '--data', data)
  const { secrets, ssm } = clients(t, engine.url)
  const { ARN } = await secrets.createSecret({ Name: 'text', SecretString: secretValue })
  await secrets.createSecret({ Name: 'bytes', SecretBinary: Buffer.from(secretValue) })
  await ssm.putParameter({ Name: 'secure', Value: secretValue, Type: 'SecureString' })
  await ssm.putParameter({ Name: 'open', Value: 'to-be-found', Type: 'String' })
  // Error messages must not contain the value either.
  for (const sendRejectedRequest of [
    () => secrets.putSecretValue({ SecretId: 'text', SecretString: secretValue.repeat(3000) }),
    () => secrets.createSecret({ Name: 'text', SecretString: secretValue }),
    () => ssm.putParameter({ Name: 'secure', Value: secretValue.repeat(300), Type: 'SecureString', Overwrite: true }),
    () =>
      ssm.putParameter({
        Name: 'secure',
        Value: secretValue,
        Type: 'SecureString',
        Overwrite: true,
        AllowedPattern: '^$',
      }),
  ])
    await assert.rejects(sendRejectedRequest(), (error: Error) => !error.message.includes(secretValue))
  await engine.kill()

  const files = readdirSync(data).map((name) => join(data, name))
  const filesWith = (text: string) => files.filter((file) => readFileSync(file).includes(text))
  assert.deepEqual(filesWith(secretValue), [])
  assert.deepEqual(filesWith(Buffer.from(secretValue).toString('base64').slice(0, -2)), [])
  assert.ok(filesWith('to-be-found').length > 0, 'a value that is not secret is found in the files')
  for (const file of files) assert.equal(statSync(file).mode & 0o077, 0, `${file} is readable by its owner only`)

  const afterRestart = clients(t, (await startEngineProcess(t, '--data', data)).url)
  assert.equal((await afterRestart.secrets.getSecretValue({ SecretId: ARN })).SecretString, secretValue)
  assert.equal(
    Buffer.from((await afterRestart.secrets.getSecretValue({ SecretId: 'bytes' })).SecretBinary ?? []).toString(),
    secretValue,
  )
  assert.equal(
    (await afterRestart.ssm.getParameter({ Name: 'secure', WithDecryption: true })).Parameter?.Value,
    secretValue,
  )
})

test('kill -9 while log lines are written loses no acknowledged line, and doubles none', async (t) => {
  const data = createDataFolder(t)
  const engine = await startEngineProcess(t, '--data', data)
  const { logs } = clients(t, engine.url)
  const names = { logGroupName: 'g', logStreamName: 's' }
  await logs.createLogGroup(names)
  await logs.createLogStream(names)
  const start = Date.now()
  let acknowledged = 0
  const { promise: enoughWritten, resolve } = Promise.withResolvers<void>()
  const writing = (async () => {
    for (;;) {
      await logs.putLogEvents({
        ...names,
        logEvents: Array.from({ length: 50 }, (_, i) => ({
          timestamp: start + acknowledged + i,
          message: String(acknowledged + i),
        })),
      })
      acknowledged += 50
      if (acknowledged === 2000) resolve()
    }
  })()
  const writingFailed = assert.rejects(writing)
  await Promise.race([enoughWritten, writingFailed])
  await engine.kill()
  await writingFailed

  const { logs: survivor } = clients(t, (await startEngineProcess(t, '--data', data)).url)
  const { events = [] } = await survivor.getLogEvents({ ...names, startFromHead: true })
  assert.ok(acknowledged >= 2000 && events.length >= acknowledged, `${events.length} of ${acknowledged}`)
  assert.equal(events.length % 50, 0, 'whole batches')
  assert.deepEqual(
    events.map(({ message }) => message),
    events.map((_, i) => String(i)),
  )
})

function clients(t: TestContext, endpoint: string) {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  }
  const made = { secrets: new SecretsManager(config), ssm: new SSM(config), logs: new CloudWatchLogs(config) }
  t.after(() => {
    for (const client of Object.values(made)) client.destroy()
  })
  return made
}

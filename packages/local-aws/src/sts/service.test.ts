import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { createManualClock } from '../testing/manual-clock.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const homeAccount = { number: '111122223333', name: 'home', accessKeyId: 'AKIAHOME', secretAccessKey: 'home' }
const otherAccount = { number: '444455556666', name: 'other', externalId: 'sesame' }
const role = { RoleArn: 'arn:aws:iam::444455556666:role/path/ecs-api', RoleSessionName: 'me', ExternalId: 'sesame' }
type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

test('GetCallerIdentity returns the caller’s identity', async (t) => {
  const { sts } = await startEngine(t)
  const { Arn, Account, UserId } = await sts(homeAccount).send(new GetCallerIdentityCommand({}))
  assert.deepEqual([Arn, Account, UserId], ['arn:aws:iam::111122223333:root', '111122223333', '111122223333'])
})

test('a role acts as another account for its session, and then its credentials have expired', async (t) => {
  const { clock, sts, ecs } = await startEngine(t)
  const { AssumedRoleUser, Credentials } = await sts(homeAccount).send(
    new AssumeRoleCommand({ ...role, DurationSeconds: 900 }),
  )
  assert.equal(AssumedRoleUser?.Arn, 'arn:aws:sts::444455556666:assumed-role/ecs-api/me')
  assert.equal(Credentials?.Expiration?.getTime(), Math.floor(clock.now() / 1000) * 1000 + 900_000)
  const keys = {
    accessKeyId: Credentials.AccessKeyId!,
    secretAccessKey: Credentials.SecretAccessKey!,
    sessionToken: Credentials.SessionToken!,
  }

  assert.equal((await sts(keys).send(new GetCallerIdentityCommand({}))).Arn, AssumedRoleUser?.Arn)
  const { cluster } = await ecs(keys).send(new CreateClusterCommand({ clusterName: 'prod' }))
  assert.equal(cluster?.clusterArn, 'arn:aws:ecs:us-east-1:444455556666:cluster/prod')
  await assert.rejects(ecs({ ...keys, sessionToken: 'other' }).send(new CreateClusterCommand({})), {
    name: 'UnrecognizedClientException',
  })

  clock.advance(900_001)
  const expired = 'The security token included in the request is expired'
  await assert.rejects(ecs(keys).send(new CreateClusterCommand({})), {
    name: 'ExpiredTokenException',
    message: expired,
  })
  await assert.rejects(sts(keys).send(new GetCallerIdentityCommand({})), { name: 'ExpiredToken', message: expired })
})

test('a role with an external id rejects callers without it', async (t) => {
  const { sts } = await startEngine(t)
  for (const ExternalId of [undefined, 'open'])
    await assert.rejects(sts(homeAccount).send(new AssumeRoleCommand({ ...role, ExternalId })), {
      name: 'AccessDenied',
      message: `User: arn:aws:iam::111122223333:root is not authorized to perform: sts:AssumeRole on resource: ${role.RoleArn}`,
    })
})

test('a role trusts its own account, and rejects others without an external id', async (t) => {
  const { sts, keysOf } = await startEngine(t)
  const { RoleSessionName } = role
  const homeRole = { RoleArn: `arn:aws:iam::${homeAccount.number}:role/deployer`, RoleSessionName }
  await assert.rejects(sts(keysOf(otherAccount.number)).send(new AssumeRoleCommand(homeRole)), { name: 'AccessDenied' })
  assert.ok((await sts(homeAccount).send(new AssumeRoleCommand(homeRole))).Credentials)
})

test('invalid requests are rejected, in XML', async (t) => {
  const { sts } = await startEngine(t)
  const assume = (input: Partial<AssumeRoleCommandInput>) =>
    sts(homeAccount).send(new AssumeRoleCommand({ ...role, ...input }))
  await assert.rejects(assume({ RoleArn: 'arn:aws:iam::1:role/x' }), { name: 'ValidationError' })
  await assert.rejects(assume({ RoleSessionName: '<&>' }), {
    message: /Value '<&>' at 'roleSessionName' failed to satisfy constraint/,
  })
  await assert.rejects(assume({ DurationSeconds: 60 }), { message: /greater than or equal to 900/ })
  await assert.rejects(sts({ ...homeAccount, secretAccessKey: 'wrong' }).send(new GetCallerIdentityCommand({})), {
    name: 'SignatureDoesNotMatch',
  })
  await assert.rejects(
    sts({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }).send(new GetCallerIdentityCommand({})),
    {
      name: 'InvalidClientTokenId',
    },
  )
})

async function startEngine(t: TestContext) {
  const clock = createManualClock(Date.now())
  const { aws } = await openTestEngine(t, { verifySignatures: true, accounts: [homeAccount, otherAccount], clock })
  const { url } = await aws.listen()
  // The clients use the machine's clock; the offset corrects for the engine's moved clock.
  const config = (credentials: Keys) => ({
    region: 'us-east-1',
    endpoint: url,
    credentials,
    maxAttempts: 1,
    systemClockOffset: clock.now() - Date.now(),
  })
  const sts = (keys: Keys) => destroyedAfter(t, new STSClient(config(keys)))
  const ecs = (keys: Keys) => destroyedAfter(t, new ECSClient(config(keys)))
  return { clock, sts, ecs, keysOf: (wanted: string): Keys => aws.accounts.find(({ number }) => number === wanted)! }
}

function destroyedAfter<Client extends { destroy(): void }>(t: TestContext, client: Client): Client {
  t.after(() => client.destroy())
  return client
}

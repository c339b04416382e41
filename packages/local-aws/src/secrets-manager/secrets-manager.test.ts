import assert from 'node:assert/strict'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  SecretsManager,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import fc from 'fast-check'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'
import { createManualClock } from '../testing/manual-clock.ts'

const DAY_MS = 86_400_000
const first = '00000000-0000-0000-0000-000000000001'
const second = '00000000-0000-0000-0000-000000000002'
const third = '00000000-0000-0000-0000-000000000003'

testInProcessAndOverTcp(
  'a secret is created, read by name and ARN, changed, and its versions keep their labels',
  async (open) => {
    const { clientOf } = await open()
    const secrets = clientOf(SecretsManagerClient)
    const created = await secrets.send(
      new CreateSecretCommand({
        Name: 'prod/db',
        Description: 'of the db',
        SecretString: 'one',
        ClientRequestToken: first,
        Tags: [{ Key: 'a', Value: '1' }],
      }),
    )
    assert.match(created.ARN ?? '', /^arn:aws:secretsmanager:us-east-1:111122223333:secret:prod\/db-[A-Za-z0-9]{6}$/)
    assert.equal(created.VersionId, first)
    for (const SecretId of ['prod/db', created.ARN, created.ARN?.slice(0, -7)]) {
      const got = await secrets.send(new GetSecretValueCommand({ SecretId }))
      assert.deepEqual(
        [got.ARN, got.Name, got.SecretString, got.VersionId, got.VersionStages],
        [created.ARN, 'prod/db', 'one', first, ['AWSCURRENT']],
      )
    }

    await secrets.send(
      new PutSecretValueCommand({
        SecretId: 'prod/db',
        SecretBinary: Buffer.from([0, 255]),
        ClientRequestToken: second,
      }),
    )
    const bytes = await secrets.send(new GetSecretValueCommand({ SecretId: 'prod/db' }))
    assert.deepEqual([...(bytes.SecretBinary ?? [])], [0, 255])
    assert.equal(
      (await secrets.send(new GetSecretValueCommand({ SecretId: 'prod/db', VersionStage: 'AWSPREVIOUS' })))
        .SecretString,
      'one',
    )
    await secrets.send(
      new UpdateSecretCommand({
        SecretId: 'prod/db',
        SecretString: 'three',
        ClientRequestToken: third,
        Description: 'other',
      }),
    )
    assert.equal(
      (await secrets.send(new GetSecretValueCommand({ SecretId: 'prod/db', VersionId: first }))).SecretString,
      'one',
    )
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: 'prod/db' }))
    assert.deepEqual(described.VersionIdsToStages, { [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] })
    assert.deepEqual([described.Description, described.Tags], ['other', [{ Key: 'a', Value: '1' }]])
    const listed = async (IncludeDeprecated: boolean) =>
      (await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'prod/db', IncludeDeprecated }))).Versions?.map(
        ({ VersionId }) => VersionId,
      )
    assert.deepEqual(
      [await listed(false), await listed(true)],
      [
        [second, third],
        [first, second, third],
      ],
    )
  },
)

testInProcessAndOverTcp(
  'labels move between versions, AWSCURRENT rolls back, and invalid moves are rejected',
  async (open) => {
    const { clientOf } = await open()
    const secrets = clientOf(SecretsManagerClient)
    await secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'one', ClientRequestToken: first }))
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: 's',
        SecretString: 'two',
        ClientRequestToken: second,
        VersionStages: ['AWSPENDING'],
      }),
    )
    const stages = async () => (await secrets.send(new DescribeSecretCommand({ SecretId: 's' }))).VersionIdsToStages
    assert.deepEqual(await stages(), { [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] })
    const move = (VersionStage: string, RemoveFromVersionId?: string, MoveToVersionId?: string) =>
      secrets.send(
        new UpdateSecretVersionStageCommand({ SecretId: 's', VersionStage, RemoveFromVersionId, MoveToVersionId }),
      )
    await assert.rejects(move('AWSCURRENT', undefined, second), {
      name: 'InvalidParameterException',
      message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${first}, so you must explicitly reference that version in RemoveFromVersionId.`,
    })
    await assert.rejects(move('AWSCURRENT', first), { name: 'InvalidParameterException' })
    await assert.rejects(move('mine', undefined, third), { name: 'ResourceNotFoundException' })
    await move('AWSCURRENT', first, second)
    await move('AWSPENDING', second)
    await move('mine', undefined, second)
    assert.deepEqual(await stages(), { [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT', 'mine'] })
    await assert.rejects(secrets.send(new GetSecretValueCommand({ SecretId: 's', VersionStage: 'AWSPENDING' })), {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    })
    await assert.rejects(
      secrets.send(new GetSecretValueCommand({ SecretId: 's', VersionStage: 'mine', VersionId: first })),
      {
        name: 'InvalidRequestException',
      },
    )
  },
)

testInProcessAndOverTcp(
  'repeating a call with the same token changes nothing, and another value is rejected',
  async (open) => {
    const { clientOf } = await open()
    const secrets = clientOf(SecretsManagerClient)
    const create = (SecretString: string) =>
      secrets.send(new CreateSecretCommand({ Name: 's', SecretString, ClientRequestToken: first }))
    const { ARN } = await create('one')
    assert.equal((await create('one')).ARN, ARN)
    await assert.rejects(create('two'), { name: 'ResourceExistsException' })
    await assert.rejects(secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'one' })), {
      name: 'ResourceExistsException',
      message: 'The operation failed because the secret s already exists.',
    })
    const put = (SecretString: string) =>
      secrets.send(new PutSecretValueCommand({ SecretId: 's', SecretString, ClientRequestToken: second }))
    await put('two')
    await put('two')
    await assert.rejects(put('three'), (error: Error) => {
      assert.equal(error.name, 'ResourceExistsException')
      assert.equal(
        error.message,
        `You can't use ClientRequestToken ${second} because that value is already in use for a version of secret ${ARN}.`,
      )
      return true
    })
  },
)

testInProcessAndOverTcp(
  'a deleted secret can be restored within its recovery window and is removed after it',
  async (open) => {
    const clock = createManualClock(Date.UTC(2026, 0, 1))
    const { clientOf } = await open({ clock })
    const secrets = clientOf(SecretsManagerClient)
    const create = () => secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'one' }))
    const get = () => secrets.send(new GetSecretValueCommand({ SecretId: 's' }))
    await create()
    const remove = (RecoveryWindowInDays?: number, ForceDeleteWithoutRecovery?: boolean) =>
      secrets.send(new DeleteSecretCommand({ SecretId: 's', RecoveryWindowInDays, ForceDeleteWithoutRecovery }))
    await assert.rejects(remove(6), { name: 'InvalidParameterException' })
    await assert.rejects(remove(7, true), { name: 'InvalidParameterException' })
    assert.equal((await remove(7)).DeletionDate?.getTime(), clock.now() + 7 * DAY_MS)
    await assert.rejects(get(), {
      name: 'InvalidRequestException',
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    })
    await assert.rejects(create(), { name: 'InvalidRequestException' })
    const list = async (IncludePlannedDeletion: boolean) =>
      (await secrets.send(new ListSecretsCommand({ IncludePlannedDeletion }))).SecretList?.length
    assert.deepEqual([await list(false), await list(true)], [0, 1])
    await secrets.send(new RestoreSecretCommand({ SecretId: 's' }))
    assert.equal((await get()).SecretString, 'one')
    await remove(7)
    clock.advance(7 * DAY_MS)
    await assert.rejects(get(), {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    })
    await create()
    await remove(undefined, true)
    await assert.rejects(get(), { name: 'ResourceNotFoundException' })
    assert.equal((await remove(undefined, true)).Name, 's', 'without recovery, deleting a missing secret is no error')
  },
)

testInProcessAndOverTcp('lists are filtered, sorted and paged, and several values are read at once', async (open) => {
  const { clientOf } = await open()
  const secrets = clientOf(SecretsManager)
  await assert.rejects(secrets.listSecrets({ Filters: [{ Values: ['a'] }] }), { name: 'InvalidParameterException' })
  for (const [Name, Description, Value] of [
    ['a/one', 'the Database', 'x'],
    ['a/two', 'the queue', 'y'],
    ['b/one', '', 'x'],
  ] as const)
    await secrets.createSecret({ Name, Description, SecretString: Name, Tags: [{ Key: 'team', Value }] })
  const names = async (...Filters: { Key: 'name' | 'description' | 'tag-value' | 'all'; Values: string[] }[]) =>
    (await secrets.listSecrets({ Filters, SortBy: 'name', SortOrder: 'asc' })).SecretList?.map(({ Name }) => Name)
  assert.deepEqual(await names(), ['a/one', 'a/two', 'b/one'])
  assert.deepEqual(await names({ Key: 'name', Values: ['a/'] }), ['a/one', 'a/two'])
  assert.deepEqual(await names({ Key: 'name', Values: ['!a/'] }), ['b/one'])
  assert.deepEqual(await names({ Key: 'description', Values: ['database'] }), ['a/one'])
  assert.deepEqual(await names({ Key: 'tag-value', Values: ['x'] }, { Key: 'name', Values: ['a'] }), ['a/one'])
  assert.deepEqual(await names({ Key: 'all', Values: ['QUEUE'] }), ['a/two'])
  const page = await secrets.listSecrets({ MaxResults: 2, SortBy: 'name', SortOrder: 'asc' })
  const rest = await secrets.listSecrets({ MaxResults: 2, SortBy: 'name', SortOrder: 'asc', NextToken: page.NextToken })
  assert.deepEqual(
    [page.SecretList?.length, rest.SecretList?.map(({ Name }) => Name), rest.NextToken],
    [2, ['b/one'], undefined],
  )
  await assert.rejects(secrets.listSecrets({ NextToken: 'no' }), { name: 'InvalidNextTokenException' })
  const batch = await secrets.batchGetSecretValue({ SecretIdList: ['a/one', 'none'] })
  assert.deepEqual(
    batch.SecretValues?.map(({ SecretString }) => SecretString),
    ['a/one'],
  )
  assert.deepEqual(
    batch.Errors?.map(({ SecretId, ErrorCode }) => [SecretId, ErrorCode]),
    [['none', 'ResourceNotFoundException']],
  )
  const found = await secrets.batchGetSecretValue({ Filters: [{ Key: 'name', Values: ['a/'] }] })
  assert.deepEqual(
    found.SecretValues?.map(({ Name }) => Name),
    ['a/one', 'a/two'],
  )
})

testInProcessAndOverTcp(
  'tags are added and removed, limits are AWS’s, and error messages never hold a value',
  async (open) => {
    const { clientOf } = await open()
    const secrets = clientOf(SecretsManagerClient)
    await secrets.send(new CreateSecretCommand({ Name: 's' }))
    await secrets.send(new TagResourceCommand({ SecretId: 's', Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] }))
    await secrets.send(new UntagResourceCommand({ SecretId: 's', TagKeys: ['a'] }))
    assert.deepEqual((await secrets.send(new DescribeSecretCommand({ SecretId: 's' }))).Tags, [{ Key: 'b', Value: '' }])
    await assert.rejects(secrets.send(new GetSecretValueCommand({ SecretId: 's' })), {
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    })
    const put = (SecretString?: string) => secrets.send(new PutSecretValueCommand({ SecretId: 's', SecretString }))
    await put('é'.repeat(32_768))
    for (const large of ['x'.repeat(65_537), 'é'.repeat(32_769)])
      await assert.rejects(put(large), {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
      })
    await assert.rejects(put(), {
      name: 'InvalidRequestException',
      message: 'You must provide either SecretString or SecretBinary.',
    })
    await assert.rejects(secrets.send(new CreateSecretCommand({ Name: 'a b' })), { name: 'ValidationException' })
    await assert.rejects(
      secrets.send(new CreateSecretCommand({ Name: 'r', AddReplicaRegions: [{ Region: 'eu-west-1' }] })),
      {
        name: 'UnsupportedFeatureException',
      },
    )
    await assert.rejects(secrets.send(new GetSecretValueCommand({ SecretId: '' })), {
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '' at 'secretId' failed to satisfy constraint: Member must have length greater than or equal to 1",
    })
    await assert.rejects(secrets.send(new ReplicateSecretToRegionsCommand({ SecretId: 's', AddReplicaRegions: [] })), {
      name: 'UnsupportedFeatureException',
      message: 'This engine does not have the action ReplicateSecretToRegions of AWS Secrets Manager.',
    })
  },
)

testInProcessAndOverTcp('a random password has the requested length and kinds of characters', async (open) => {
  const { clientOf } = await open()
  const secrets = clientOf(SecretsManagerClient)
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]|_/]
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 4, max: 60 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      async (PasswordLength, excluded) => {
        fc.pre(excluded.includes(false))
        const [ExcludeLowercase, ExcludeUppercase, ExcludeNumbers, ExcludePunctuation] = excluded
        const { RandomPassword = '' } = await secrets.send(
          new GetRandomPasswordCommand({
            PasswordLength,
            ExcludeLowercase,
            ExcludeUppercase,
            ExcludeNumbers,
            ExcludePunctuation,
            ExcludeCharacters: 'aA0!',
          }),
        )
        assert.equal(RandomPassword.length, PasswordLength)
        assert.doesNotMatch(RandomPassword, /[aA0!]/)
        for (const [i, kind] of kinds.entries()) assert.equal(kind.test(RandomPassword), !excluded[i])
      },
    ),
    { numRuns: 40 },
  )
})

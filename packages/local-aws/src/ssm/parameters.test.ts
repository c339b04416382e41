import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PutParameterCommandInput, SSM } from '@aws-sdk/client-ssm'
import fc from 'fast-check'
import { systemClock } from '../clock.ts'
import { randomIds } from '../ids.ts'
import { openSecretsManager } from '../secrets-manager/service.ts'
import { openStorage } from '../storage/storage.ts'
import { openStorageCipher } from '../storage/storage-cipher.ts'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { openSsm } from './service.ts'

const parameterArn = (name: string) => `arn:aws:ssm:us-east-1:111122223333:parameter/${name}`
const string = { Type: 'String' } as const

testInProcessAndOverTcp(
  'a parameter is read by version, label and ARN, and a SecureString in plain text only with decryption',
  async (open) => {
    const { clientOf } = await open()
    const ssm = clientOf(SSM)
    const put = (Value: string, more: Partial<PutParameterCommandInput> = {}) =>
      ssm.putParameter({ Name: '/app/key', Value, Type: 'SecureString', ...more })
    assert.deepEqual((({ Version, Tier }) => [Version, Tier])(await put('one', { Description: 'first' })), [
      1,
      'Standard',
    ])
    await assert.rejects(put('two'), {
      name: 'ParameterAlreadyExists',
      message:
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    })
    assert.equal((await put('two', { Overwrite: true, Type: undefined })).Version, 2)
    const get = async (Name: string, WithDecryption = true) =>
      (await ssm.getParameter({ Name, WithDecryption })).Parameter
    const found = await get('/app/key')
    assert.deepEqual(
      [found?.Value, found?.Version, found?.Type, found?.ARN, found?.DataType],
      ['two', 2, 'SecureString', parameterArn('app/key'), 'text'],
    )
    assert.notEqual((await get('/app/key', false))?.Value, 'two')
    assert.deepEqual(
      [
        (await get('/app/key:1'))?.Value,
        (await get('/app/key:1'))?.Selector,
        (await get(parameterArn('app/key')))?.Value,
      ],
      ['one', ':1', 'two'],
    )

    await ssm.labelParameterVersion({ Name: '/app/key', ParameterVersion: 1, Labels: ['good', 'prod'] })
    assert.deepEqual(
      (await ssm.labelParameterVersion({ Name: '/app/key', Labels: ['prod', '1bad', 'awsbad'] })).InvalidLabels,
      ['1bad', 'awsbad'],
    )
    assert.deepEqual([(await get('/app/key:good'))?.Value, (await get('/app/key:prod'))?.Value], ['one', 'two'])
    await assert.rejects(get('/app/key:9'), {
      name: 'ParameterVersionNotFound',
      message: 'Systems Manager could not find version 9 of /app/key. Verify the version and try again.',
    })
    await assert.rejects(get('/app/key:none'), { name: 'ParameterVersionNotFound' })
    await assert.rejects(get('/app/none'), { name: 'ParameterNotFound' })
    const { Parameters: history } = await ssm.getParameterHistory({ Name: '/app/key', WithDecryption: true })
    assert.deepEqual(
      history?.map(({ Value, Version, Labels, Description, KeyId }) => [Value, Version, Labels, Description, KeyId]),
      [
        ['one', 1, ['good'], 'first', 'alias/aws/ssm'],
        ['two', 2, ['prod'], 'first', 'alias/aws/ssm'],
      ],
    )
    assert.deepEqual(
      (await ssm.unlabelParameterVersion({ Name: '/app/key', ParameterVersion: 2, Labels: ['prod', 'good'] }))
        .InvalidLabels,
      ['good'],
    )
    const many = await ssm.getParameters({ Names: ['/app/key:1', '/app/none'], WithDecryption: true })
    assert.deepEqual([many.Parameters?.map(({ Value }) => Value), many.InvalidParameters], [['one'], ['/app/none']])
    await ssm.deleteParameter({ Name: '/app/key' })
    await assert.rejects(ssm.deleteParameter({ Name: '/app/key' }), { name: 'ParameterNotFound' })
    assert.equal((await put('again')).Version, 1)
  },
)

testInProcessAndOverTcp(
  'a hierarchy is read one level at a time or whole, in pages, and lists are filtered',
  async (open) => {
    const { clientOf } = await open()
    const ssm = clientOf(SSM)
    for (const Name of ['/a/1', '/a/2', '/a/b/3', '/ab/4', 'plain'])
      await ssm.putParameter({ Name, Value: Name, ...string, Tags: [{ Key: 'n', Value: Name }] })
    await ssm.putParameter({ Name: '/a/list', Value: 'x,y', Type: 'StringList', Tier: 'Advanced' })
    const names = async (input: object) =>
      (await ssm.getParametersByPath({ Path: '/a', ...input })).Parameters?.map(({ Name }) => Name)
    assert.deepEqual(await names({}), ['/a/1', '/a/2', '/a/list'])
    assert.deepEqual(await names({ Path: '/a/', Recursive: true }), ['/a/1', '/a/2', '/a/b/3', '/a/list'])
    assert.deepEqual(await names({ Path: '/', Recursive: true }), ['/a/1', '/a/2', '/a/b/3', '/a/list', '/ab/4'])
    assert.deepEqual(await names({ ParameterFilters: [{ Key: 'Type', Values: ['StringList'] }] }), ['/a/list'])
    await ssm.labelParameterVersion({ Name: '/a/2', Labels: ['it'] })
    assert.deepEqual(await names({ ParameterFilters: [{ Key: 'Label', Values: ['it'] }] }), ['/a/2'])
    const { NextToken } = await ssm.getParametersByPath({ Path: '/a', MaxResults: 2 })
    assert.deepEqual(await names({ MaxResults: 2, NextToken }), ['/a/list'])
    await assert.rejects(names({ NextToken: 'no' }), { name: 'InvalidNextToken' })
    await assert.rejects(names({ Path: 'a' }), { name: 'ValidationException' })

    const described = async (input: object) => (await ssm.describeParameters(input)).Parameters?.map(({ Name }) => Name)
    assert.equal((await described({}))?.length, 6)
    const by = (Key: string, Option: string | undefined, ...Values: string[]) =>
      described({ ParameterFilters: [{ Key, Option, Values }] })
    assert.deepEqual(await by('Name', 'BeginsWith', '/ab'), ['/ab/4'])
    assert.deepEqual(await by('Name', 'Contains', 'lai'), ['plain'])
    assert.deepEqual(await by('Path', 'OneLevel', '/a/b'), ['/a/b/3'])
    assert.deepEqual(await by('Tier', undefined, 'Advanced'), ['/a/list'])
    assert.deepEqual(await by('tag:n', undefined, '/a/1'), ['/a/1'])
    assert.deepEqual(await described({ Filters: [{ Key: 'Name', Values: ['/a/b'] }] }), ['/a/b/3'])
    const deleted = await ssm.deleteParameters({ Names: ['/a/1', 'none'] })
    assert.deepEqual([deleted.DeletedParameters, deleted.InvalidParameters], [['/a/1'], ['none']])
  },
)

testInProcessAndOverTcp('invalid names, sizes, types and patterns are rejected', async (open) => {
  const { clientOf } = await open()
  const ssm = clientOf(SSM)
  const put = (input: Partial<PutParameterCommandInput>) =>
    ssm.putParameter({ Name: 'p', Value: 'v', ...string, ...input })
  const rejection = (name: string, message: string | RegExp) => ({ name, message })
  await assert.rejects(
    put({ Name: 'a/b' }),
    rejection('ValidationException', 'Parameter name must be a fully qualified name'),
  )
  await assert.rejects(
    put({ Name: '/aws/b' }),
    rejection('AccessDeniedException', 'No access to reserved parameter name: /aws/b.'),
  )
  await assert.rejects(
    put({ Name: 'SsmThing' }),
    rejection('ValidationException', /can't be prefixed with "aws" or "ssm" \(case-insensitive\)/),
  )
  for (const Name of ['a b', '/a//b', '/a/'])
    await assert.rejects(put({ Name }), rejection('ValidationException', /following 3 symbols \.-_$/))
  await assert.rejects(put({ Name: '/a'.repeat(16) }), { name: 'HierarchyLevelLimitExceededException' })
  await put({ Name: '/a'.repeat(15) })
  await assert.rejects(
    put({ Type: undefined }),
    rejection('ValidationException', 'A parameter type is required when you create a parameter.'),
  )
  await assert.rejects(put({ Value: '' }), { name: 'ValidationException' })
  await assert.rejects(
    put({ Value: 'x'.repeat(4097) }),
    rejection('ValidationException', /^Standard tier parameters support a maximum parameter value of 4096 /),
  )
  await assert.rejects(put({ Value: 'x'.repeat(8193), Tier: 'Advanced' }), { name: 'ValidationException' })
  assert.equal((await put({ Value: 'x'.repeat(4097), Tier: 'Intelligent-Tiering' })).Tier, 'Advanced')
  await assert.rejects(
    put({ Overwrite: true, Tier: 'Standard' }),
    rejection('ValidationException', /can't downgrade a parameter/),
  )
  await assert.rejects(put({ Overwrite: true, Type: 'SecureString' }), { name: 'HierarchyTypeMismatchException' })
  await assert.rejects(
    put({ Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }),
    rejection('ValidationException', /^Invalid request: tags and overwrite/),
  )
  const digits = { Name: 'q', AllowedPattern: '^\\d{1,4}$' }
  await put({ ...digits, Value: '42' })
  await assert.rejects(
    put({ ...digits, Overwrite: true, Value: 'hush' }),
    rejection(
      'ParameterPatternMismatchException',
      'Parameter value, cannot be validated against allowedPattern: ^\\d{1,4}$',
    ),
  )
  await assert.rejects(put({ Name: 'r', AllowedPattern: '(' }), { name: 'InvalidAllowedPatternException' })
  await assert.rejects(put({ Name: 'r', AllowedPattern: '^(a+)+$', Value: `${'a'.repeat(40)}b` }), {
    name: 'ParameterPatternMismatchException',
  })
  await assert.rejects(put({ Name: 'r', Policies: '[{"Type":"Expiration"}]' }), { name: 'UnsupportedFeatureException' })
  await assert.rejects(ssm.getParameters({ Names: Array(11).fill('a') }), {
    message:
      "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
  })
  await assert.rejects(ssm.describeInstanceInformation({}), {
    name: 'UnsupportedFeatureException',
    message: 'This engine does not have the action DescribeInstanceInformation of AWS Systems Manager.',
  })
})

testInProcessAndOverTcp(
  'a hundred versions are kept, unless the oldest has a label, and a version has at most ten labels',
  async (open) => {
    const { clientOf } = await open()
    const ssm = clientOf(SSM)
    const put = () => ssm.putParameter({ Name: 'p', Value: 'v', ...string, Overwrite: true })
    for (let i = 0; i < 101; i++) await put()
    const versions = []
    let NextToken: string | undefined
    do {
      const page = await ssm.getParameterHistory({ Name: 'p', NextToken })
      versions.push(...(page.Parameters ?? []).map(({ Version }) => Version))
      NextToken = page.NextToken
    } while (NextToken)
    assert.deepEqual([versions.length, versions[0], versions.at(-1)], [100, 2, 101])
    await ssm.labelParameterVersion({ Name: 'p', ParameterVersion: 2, Labels: ['keep'] })
    await assert.rejects(put(), {
      name: 'ParameterMaxVersionLimitExceeded',
      message: /^You attempted to create a new version of p by calling/,
    })
    await ssm.labelParameterVersion({ Name: 'p', Labels: Array.from({ length: 10 }, (_, i) => `l${i}`) })
    await assert.rejects(ssm.labelParameterVersion({ Name: 'p', Labels: ['more'] }), {
      name: 'ParameterVersionLabelLimitExceeded',
    })
    await ssm.labelParameterVersion({ Name: 'p', Labels: ['l1', 'keep'], ParameterVersion: 3 })
    assert.equal((await put()).Version, 102)
  },
)

testInProcessAndOverTcp('a parameter with the name `any` is listed by a filter for its name only', async (open) => {
  const { clientOf } = await open()
  const ssm = clientOf(SSM)
  await ssm.putParameter({ Name: 'any', Value: 'v', ...string })
  const namesMatching = async (value: string) => {
    const ParameterFilters = [{ Key: 'Name', Values: [value] }]
    return (await ssm.describeParameters({ ParameterFilters })).Parameters?.map(({ Name }) => Name)
  }
  assert.deepEqual([await namesMatching('any'), await namesMatching('other')], [['any'], []])
})

testInProcessAndOverTcp('tags of parameters are added, listed and removed', async (open) => {
  const { clientOf } = await open()
  const ssm = clientOf(SSM)
  const p = { ResourceType: 'Parameter', ResourceId: 'p' } as const
  await assert.rejects(ssm.listTagsForResource(p), { name: 'InvalidResourceId' })
  await ssm.putParameter({ Name: 'p', Value: 'v', ...string, Tags: [{ Key: 'a', Value: '1' }] })
  await ssm.addTagsToResource({ ...p, Tags: [{ Key: 'b', Value: '2' }] })
  await ssm.removeTagsFromResource({ ...p, TagKeys: ['a'] })
  assert.deepEqual((await ssm.listTagsForResource(p)).TagList, [{ Key: 'b', Value: '2' }])
  await assert.rejects(ssm.addTagsToResource({ ...p, Tags: [{ Key: 'aws:x', Value: '' }] }), {
    name: 'ValidationException',
  })
})

test('any valid value is returned unchanged', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const ssm = clientOf(SSM)
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      fc.constantFrom('String' as const, 'SecureString' as const),
      async (Value, Type) => {
        await ssm.putParameter({ Name: Type, Value, Type, Overwrite: true })
        assert.equal((await ssm.getParameter({ Name: Type, WithDecryption: true })).Parameter?.Value, Value)
      },
    ),
    { numRuns: 60 },
  )
})

test('a task gets its parameters by name or ARN in plain text, or an error that lists the missing ones', async (t) => {
  const storage = openStorage(':memory:')
  t.after(() => storage.close())
  const parts = { storage, cipher: openStorageCipher(':memory:', storage), clock: systemClock }
  const secretsManager = openSecretsManager({ ...parts, ids: randomIds })
  const ssm = openSsm({ ...parts, readSecret: secretsManager.readSecret, terminateSession: () => {} })
  const caller = { account: '111122223333', region: 'us-east-1', arn: '', userId: '' }
  await secretsManager.handleAction('CreateSecret', { Name: 'db', SecretString: 'shh' }, caller)
  await ssm.handleAction('PutParameter', { Name: '/app/key', Value: 'hush', Type: 'SecureString' }, caller)
  await ssm.handleAction('PutParameter', { Name: 'level', Value: 'debug', Type: 'String' }, caller)
  const get = (...from: string[]) => ssm.taskParameters('111122223333', 'us-east-1', from)
  assert.deepEqual(get('/app/key', 'level', parameterArn('level'), parameterArn('app/key')), [
    'hush',
    'debug',
    'debug',
    'hush',
  ])
  const reference = 'aws/reference/secretsmanager/db'
  assert.deepEqual(get(`/${reference}`, parameterArn(reference)), ['shh', 'shh'])
  assert.throws(() => get('level', '/none', parameterArn('other/one'), `/${reference}x`), {
    name: 'ResourceInitializationError',
    message:
      'unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /none,/other/one,/aws/reference/secretsmanager/dbx',
  })
  assert.throws(() => get(parameterArn('level').replace('us-east-1', 'eu-west-1')), {
    name: 'ResourceInitializationError',
  })
})

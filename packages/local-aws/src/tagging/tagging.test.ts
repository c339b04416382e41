import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import { type GetResourcesCommandInput, ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { SSM } from '@aws-sdk/client-ssm'
import { noAwsCli, openAwsCli } from '../testing/aws-cli.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const ecsArnOf = (resource: string) => `arn:aws:ecs:us-east-1:111122223333:${resource}`
const teamTag = (value: string) => [{ key: 'team', value }]

/** Returns the matching resources, as ARNs without the part before the resource. */
function resourceFinder(tagging: ResourceGroupsTaggingAPI) {
  return async (input: GetResourcesCommandInput) => {
    const { ResourceTagMappingList = [] } = await tagging.getResources(input)
    return ResourceTagMappingList.map(({ ResourceARN = '' }) => ResourceARN.split(':').slice(5).join(':'))
  }
}

testInProcessAndOverTcp(
  'a resource matches that has a value of each tag filter, and one of the types',
  async (open) => {
    const { ecs, clientOf } = await open({ pace: 'instant' })
    const tagging = clientOf(ResourceGroupsTaggingAPI)
    const find = resourceFinder(tagging)
    const { registerDefinition, createService, runTask, waitForTask } = await ecsSteps(ecs)
    await ecs.send(
      new CreateClusterCommand({ clusterName: 'prod', tags: [...teamTag('a'), { key: 'stage', value: 'prod' }] }),
    )
    await ecs.send(new CreateClusterCommand({ clusterName: 'test', tags: teamTag('b') }))
    await registerDefinition('web')
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'tagged',
        containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
        tags: teamTag('a'),
      }),
    )
    await createService({ desiredCount: 0, tags: teamTag('a') })
    const run = await runTask('web', { tags: teamTag('c') })
    await clientOf(SecretsManager).createSecret({
      Name: 'db',
      SecretString: 'hush',
      Tags: [{ Key: 'team', Value: 'a' }],
    })
    await clientOf(SSM).putParameter({
      Name: 'level',
      Value: 'info',
      Type: 'String',
      Tags: [{ Key: 'team', Value: 'b' }],
    })

    const ofTeams = (Values: string[], ResourceTypeFilters?: string[]) =>
      find({ TagFilters: [{ Key: 'team', Values }], ResourceTypeFilters })
    assert.deepEqual(await ofTeams(['a'], ['ecs']), ['cluster/prod', 'service/default/web', 'task-definition/tagged:1'])
    assert.deepEqual(await ofTeams(['a', 'b'], ['ecs:cluster']), ['cluster/prod', 'cluster/test'])
    assert.deepEqual(await ofTeams(['a', 'c'], ['ecs:task', 'ecs:service']), [
      'service/default/web',
      `task/default/${run.split('/').at(-1)}`,
    ])
    assert.deepEqual(await ofTeams(['b'], ['ssm', 's3']), ['parameter/level'])
    assert.match(String(await ofTeams(['a'], ['secretsmanager:secret'])), /^secret:db-\w{6}$/)
    assert.deepEqual(await find({ TagFilters: [{ Key: 'team' }, { Key: 'stage', Values: ['prod', 'x'] }] }), [
      'cluster/prod',
    ])
    assert.equal((await find({})).length, 7)
    const byArn = await tagging.getResources({ ResourceARNList: [ecsArnOf('cluster/test'), ecsArnOf('cluster/none')] })
    assert.deepEqual(byArn.ResourceTagMappingList, [
      { ResourceARN: ecsArnOf('cluster/test'), Tags: [{ Key: 'team', Value: 'b' }] },
    ])

    await ecs.send(new StopTaskCommand({ task: run }))
    await waitForTask(run, ({ lastStatus }) => lastStatus === 'STOPPED')
    await ecs.send(new DeleteClusterCommand({ cluster: 'test' }))
    assert.deepEqual(await ofTeams(['b', 'c'], ['ecs']), [])

    assert.deepEqual((await tagging.getTagKeys({})).TagKeys, ['stage', 'team'])
    assert.deepEqual((await tagging.getTagValues({ Key: 'team' })).TagValues, ['a', 'b'])
  },
)

test('a page continues where the last one ended, and invalid inputs are rejected with AWS’s messages', async (t) => {
  const { ecs, clientOf } = await openTestEngine(t)
  const tagging = clientOf(ResourceGroupsTaggingAPI)
  for (let i = 100; i < 223; i++)
    await ecs.send(
      new CreateClusterCommand({ clusterName: `c${i}`, tags: [...teamTag('a'), { key: 'n', value: `${i}` }] }),
    )
  const sizes: number[] = []
  const seen = new Set<string | undefined>()
  let PaginationToken: string | undefined
  do {
    const page = await tagging.getResources({ ResourcesPerPage: 100, PaginationToken, TagFilters: [{ Key: 'team' }] })
    sizes.push(page.ResourceTagMappingList?.length ?? 0)
    for (const { ResourceARN } of page.ResourceTagMappingList ?? []) seen.add(ResourceARN)
    PaginationToken = page.PaginationToken
  } while (PaginationToken)
  assert.deepEqual([sizes, seen.size, PaginationToken], [[100, 23], 123, ''])
  assert.equal((await tagging.getResources({})).ResourceTagMappingList?.length, 50)
  const byTags = await tagging.getResources({ TagsPerPage: 100 })
  assert.equal(byTags.ResourceTagMappingList?.length, 50)
  const next = await tagging.getResources({ TagsPerPage: 100, PaginationToken: byTags.PaginationToken })
  assert.equal(next.ResourceTagMappingList?.[0]?.ResourceARN, ecsArnOf('cluster/c150'))

  const assertRejected = (input: GetResourcesCommandInput, name: string, message: RegExp) =>
    assert.rejects(tagging.getResources(input), { name, message })
  await assertRejected({ PaginationToken: 'no' }, 'InvalidParameterException', /PaginationToken/)
  await assertRejected({ ResourcesPerPage: 101 }, 'InvalidParameterException', /between 1 and 100/)
  await assertRejected(
    { ResourceTypeFilters: ['what ever'] },
    'InvalidParameterException',
    /^Unsupported service=what ever in ResourceTypeFilter - what ever$/,
  )
  await assertRejected(
    { ResourceARNList: [ecsArnOf('cluster/c100')], ResourcesPerPage: 5 },
    'InvalidParameterException',
    /together/,
  )
  const Values = Array.from({ length: 21 }, (_, i) => `v${i}`)
  await assertRejected(
    { TagFilters: [{ Key: 'team', Values }] },
    'ValidationException',
    /tagFilters\.1\.member\.values' failed to satisfy constraint: Member must have length less than or equal to 20/,
  )
})

testInProcessAndOverTcp(
  'several resources are tagged and untagged at once, and each failure has the message of its service',
  async (open) => {
    const { ecs, clientOf } = await open()
    const tagging = clientOf(ResourceGroupsTaggingAPI)
    const find = resourceFinder(tagging)
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
    await clientOf(SSM).putParameter({ Name: '/app/level', Value: 'info', Type: 'String' })
    const { ARN: secret = '' } = await clientOf(SecretsManager).createSecret({ Name: 'db', SecretString: 'hush' })
    assert.deepEqual(await find({}), [])
    const things = [ecsArnOf('cluster/prod'), 'arn:aws:ssm:us-east-1:111122223333:parameter/app/level', secret]
    const tagged = await tagging.tagResources({
      ResourceARNList: [...things, ecsArnOf('cluster/none'), 'arn:aws:s3:::bucket'],
      Tags: { team: 'a', stage: 'b' },
    })
    assert.deepEqual(
      Object.entries(tagged.FailedResourcesMap ?? {}).map(([failed, { StatusCode, ErrorCode }]) => [
        failed,
        StatusCode,
        ErrorCode,
      ]),
      [
        [ecsArnOf('cluster/none'), 400, 'ResourceNotFoundException'],
        ['arn:aws:s3:::bucket', 400, 'InvalidParameterException'],
      ],
    )
    assert.equal((await find({ TagFilters: [{ Key: 'team', Values: ['a'] }] })).length, 3)
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['prod'], include: ['TAGS'] }))
    assert.deepEqual(clusters?.[0]?.tags, [...teamTag('a'), { key: 'stage', value: 'b' }])
    assert.deepEqual(
      (await tagging.untagResources({ ResourceARNList: things, TagKeys: ['team'] })).FailedResourcesMap,
      {},
    )
    assert.deepEqual(
      [(await find({ TagFilters: [{ Key: 'team' }] })).length, (await find({ TagFilters: [{ Key: 'stage' }] })).length],
      [0, 3],
    )
  },
)

test('results are as old as the consistency delay, too many calls are throttled, and tag policies are rejected', async (t) => {
  const clock = createManualClock()
  const { ecs, clientOf } = await openTestEngine(t, { clock, consistencyDelayMs: 1000, throttle: 'aws' })
  const tagging = clientOf(ResourceGroupsTaggingAPI)
  const find = resourceFinder(tagging)
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod', tags: teamTag('a') }))
  assert.deepEqual(await find({}), [])
  await clock.advance(1001)
  assert.deepEqual(await find({}), ['cluster/prod'])
  await assert.rejects(tagging.getResources({ IncludeComplianceDetails: true }), {
    name: 'UnsupportedFeatureException',
  })
  await assert.rejects(tagging.getComplianceSummary({}), { name: 'UnsupportedFeatureException' })
  await assert.rejects(
    async () => {
      for (let i = 0; i < 20; i++) await find({})
    },
    { name: 'ThrottledException', message: 'Rate exceeded' },
  )
})

interface Answer {
  ResourceTagMappingList?: { ResourceARN: string }[]
}

test('the AWS CLI finds tagged resources', { skip: noAwsCli }, async (t) => {
  const { cli } = await openAwsCli<Answer>(t)
  await cli('ecs', 'create-cluster', '--cluster-name', 'prod', '--tags', 'key=team,value=a')
  const { ResourceTagMappingList } = await cli(
    'resourcegroupstaggingapi',
    'get-resources',
    '--tag-filters',
    'Key=team,Values=a',
    '--resource-type-filters',
    'ecs:cluster',
  )
  assert.match(String(ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN)), /:cluster\/prod$/)
})

testInProcessAndOverTcp('an invalid filter is rejected even if nothing has a tag', async (open) => {
  const { clientOf } = await open({})
  const tagging = clientOf(ResourceGroupsTaggingAPI)
  const rejected = { name: 'InvalidParameterException' }
  await assert.rejects(tagging.getResources({ ResourceTypeFilters: ['not a type!'] }), rejected)
  await assert.rejects(tagging.getResources({ TagFilters: [{ Values: ['a'] }] }), rejected)
  assert.deepEqual(await resourceFinder(tagging)({ ResourceTypeFilters: ['ecs:cluster'] }), [])
})

/**
 * Replays the calls of real clients: those of Terraform's AWS provider (hashicorp/terraform-provider-aws,
 * internal/service/ecs, secretsmanager, ssm) with the empty values that it sends, and those by which Dask Cloud
 * Provider (dask/dask-cloudprovider, aws/ecs.py), Prefect (prefect-aws, ecs_worker/network.py) and Dagster
 * (dagster-aws, ecs/tasks.py) find a network for tasks and the addresses of tasks.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListAccountSettingsCommand,
  ListTagsForResourceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  type Task,
  UntagResourceCommand,
  UpdateClusterCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand as ListTagsOfParameterCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { openEngineForEc2 } from '../testing/ec2-request.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const tags = [{ key: 'team', value: 'a' }]

test('Terraform creates, reads, changes and deletes a cluster, a task definition and a service', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const { pollUntil } = await ecsSteps(ecs)
  const setting = [{ name: 'containerInsights' as const, value: 'enabled' }]
  const configuration = { executeCommandConfiguration: { logging: 'DEFAULT' as const } }
  const created = await ecs.send(
    new CreateClusterCommand({ clusterName: 'prod', tags, settings: setting, configuration }),
  )
  const cluster = created.cluster!.clusterArn!
  const readCluster = async () =>
    (
      await ecs.send(
        new DescribeClustersCommand({ clusters: [cluster], include: ['TAGS', 'CONFIGURATIONS', 'SETTINGS'] }),
      )
    ).clusters![0]!
  const readBack = await readCluster()
  assert.deepEqual(
    [readBack.status, readBack.tags, readBack.settings, readBack.configuration],
    ['ACTIVE', tags, setting, configuration],
  )
  await ecs.send(new UpdateClusterCommand({ cluster, settings: [{ name: 'containerInsights', value: 'disabled' }] }))
  assert.equal((await readCluster()).settings![0]!.value, 'disabled')

  const containerDefinitions = [
    { name: 'web', image: 'nginx', essential: true, portMappings: [{ containerPort: 80, hostPort: 80 }] },
  ]
  const fargate = {
    networkMode: 'awsvpc' as const,
    requiresCompatibilities: ['FARGATE' as const],
    cpu: '256',
    memory: '512',
  }
  const registered = await ecs.send(
    new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions, tags, ...fargate }),
  )
  const taskDefinition = registered.taskDefinition!.taskDefinitionArn!
  const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))
  assert.deepEqual([described.taskDefinition!.status, described.tags], ['ACTIVE', tags])

  const createdService = await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: 'www',
      taskDefinition,
      desiredCount: 1,
      launchType: 'FARGATE',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-0a1b2c3d'],
          securityGroups: ['sg-0a1b2c3d'],
          assignPublicIp: 'ENABLED',
        },
      },
      clientToken: 'terraform-20261128',
      tags,
    }),
  )
  const service = createdService.service!.serviceArn!
  const read = async () =>
    (await ecs.send(new DescribeServicesCommand({ cluster, services: [service], include: ['TAGS'] }))).services![0]!
  const stable = await pollUntil(
    read,
    ({ deployments, runningCount }) => deployments?.length === 1 && runningCount === 1,
  )
  assert.deepEqual([stable.status, stable.tags, stable.deployments![0]!.status], ['ACTIVE', tags, 'PRIMARY'])
  await ecs.send(
    new UpdateServiceCommand({ cluster, service, placementConstraints: [], placementStrategy: [], desiredCount: 2 }),
  )
  await pollUntil(read, ({ runningCount }) => runningCount === 2)
  await ecs.send(new TagResourceCommand({ resourceArn: service, tags: [{ key: 'tier', value: 'b' }] }))
  await ecs.send(new UntagResourceCommand({ resourceArn: service, tagKeys: ['team'] }))
  assert.deepEqual((await ecs.send(new ListTagsForResourceCommand({ resourceArn: service }))).tags, [
    { key: 'tier', value: 'b' },
  ])

  await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: 0 }))
  await ecs.send(new DeleteServiceCommand({ cluster, service }))
  await pollUntil(read, ({ status }) => status === 'INACTIVE')
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
  assert.equal(
    (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition!.status,
    'INACTIVE',
  )
  await ecs.send(new DeleteClusterCommand({ cluster }))
  assert.equal((await readCluster()).status, 'INACTIVE')
})

test('Terraform creates, reads and deletes a secret with a version', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const secrets = clientOf(SecretsManagerClient)
  const input = {
    ClientRequestToken: 'terraform-20261128000000000000000001',
    Description: '',
    ForceOverwriteReplicaSecret: false,
    Name: 'db',
  }
  const { ARN: SecretId } = await secrets.send(
    new CreateSecretCommand({ ...input, Tags: [{ Key: 'team', Value: 'a' }] }),
  )
  const described = await secrets.send(new DescribeSecretCommand({ SecretId }))
  assert.deepEqual(
    [described.Name, described.Tags, described.DeletedDate],
    ['db', [{ Key: 'team', Value: 'a' }], undefined],
  )
  assert.equal((await secrets.send(new GetResourcePolicyCommand({ SecretId }))).ResourcePolicy, undefined)
  const put = { SecretId, ClientRequestToken: 'terraform-20261128000000000000000002', SecretString: 'open sesame' }
  const { VersionId } = await secrets.send(new PutSecretValueCommand(put))
  const value = await secrets.send(new GetSecretValueCommand({ SecretId, VersionId }))
  assert.deepEqual([value.SecretString, value.VersionStages], ['open sesame', ['AWSCURRENT']])
  await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 30 }))
  assert.ok((await secrets.send(new DescribeSecretCommand({ SecretId }))).DeletedDate)
})

test('Terraform creates, reads, changes and deletes a parameter', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const ssm = clientOf(SSMClient)
  const Name = '/app/key'
  const input = { AllowedPattern: '', Name, Type: 'SecureString' as const }
  await ssm.send(
    new PutParameterCommand({ ...input, Value: 'one', Overwrite: false, Tags: [{ Key: 'team', Value: 'a' }] }),
  )
  const read = async () => (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter!
  assert.deepEqual([(await read()).Value, (await read()).Version], ['one', 1])
  const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [Name] }]
  const { Parameters = [] } = await ssm.send(new DescribeParametersCommand({ ParameterFilters }))
  assert.deepEqual(
    Parameters.map(({ Type, Tier, DataType, KeyId }) => [Type, Tier, DataType, KeyId]),
    [['SecureString', 'Standard', 'text', 'alias/aws/ssm']],
  )
  const ofParameter = { ResourceType: 'Parameter' as const, ResourceId: Name }
  assert.deepEqual((await ssm.send(new ListTagsOfParameterCommand(ofParameter))).TagList, [{ Key: 'team', Value: 'a' }])
  await ssm.send(new PutParameterCommand({ ...input, Value: 'two', Overwrite: true, Tier: 'Standard' }))
  await ssm.send(new AddTagsToResourceCommand({ ...ofParameter, Tags: [{ Key: 'tier', Value: 'b' }] }))
  assert.deepEqual([(await read()).Value, (await read()).Version], ['two', 2])
  await ssm.send(new DeleteParameterCommand({ Name }))
  await assert.rejects(read(), { name: 'ParameterNotFound' })
})

test('Dask finds the default VPC and its subnets, runs a task there, and reads its two addresses', async (t) => {
  const { requestEc2, ecs } = await openEngineForEc2(t)
  const { pollUntil } = await ecsSteps(ecs)
  const all = (text: string, element: string) =>
    [...text.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'g'))].map(([, value = '']) => value)
  const vpcs = (await requestEc2('DescribeVpcs')).text
  assert.deepEqual(all(vpcs, 'isDefault'), ['true'])
  const [vpc = ''] = all(vpcs, 'vpcId')
  const described = (await requestEc2('DescribeSubnets')).text
  assert.deepEqual(new Set(all(described, 'vpcId')), new Set([vpc]))
  const subnets = all(described, 'subnetId')
  // Dask cannot create its own security group here, so it uses a given one.
  assert.match(
    (await requestEc2('DescribeSecurityGroups', { 'GroupName.1': 'dask-default' })).text,
    /InvalidGroup\.NotFound/,
  )

  const { settings = [] } = await ecs.send(
    new ListAccountSettingsCommand({ name: 'taskLongArnFormat', effectiveSettings: true }),
  )
  assert.deepEqual(
    settings.map(({ value }) => value),
    ['enabled'],
  )
  const { cluster } = await ecs.send(
    new CreateClusterCommand({ clusterName: 'dask', tags: [{ key: 'createdBy', value: 'dask-cloudprovider' }] }),
  )
  await registerDefinition(ecs, 'dask-scheduler')
  const { tasks: [started] = [] } = await ecs.send(
    new RunTaskCommand({
      cluster: cluster!.clusterArn,
      taskDefinition: 'dask-scheduler',
      overrides: { containerOverrides: [{ name: 'dask-scheduler', environment: [{ name: 'DASK', value: '1' }] }] },
      count: 1,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      networkConfiguration: {
        awsvpcConfiguration: { subnets, securityGroups: ['sg-0a1b2c3d'], assignPublicIp: 'ENABLED' },
      },
      tags: [{ key: 'createdBy', value: 'dask-cloudprovider' }],
    }),
  )
  const readTask = async () =>
    (await ecs.send(new DescribeTasksCommand({ cluster: cluster!.clusterArn, tasks: [started!.taskArn!] }))).tasks![0]!
  const task = await pollUntil(readTask, ({ lastStatus }) => lastStatus === 'RUNNING')
  const interfaces = task.attachments!.filter(({ type }) => type === 'ElasticNetworkInterface')
  const ids = interfaces.flatMap(({ details = [] }) =>
    details.filter(({ name }) => name === 'networkInterfaceId').map(({ value = '' }) => value),
  )
  assert.equal(ids.length, 1)
  const { text } = await requestEc2('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': ids[0]! })
  const [, addressSet = ''] = /<privateIpAddressesSet><item>(.*?)<\/privateIpAddressesSet>/.exec(text) ?? []
  assert.deepEqual(all(addressSet, 'privateIpAddress'), [
    task.containers![0]!.networkInterfaces![0]!.privateIpv4Address,
  ])
  assert.match(all(text, 'publicIp')[0] ?? '', /^198\./)
  await ecs.send(new StopTaskCommand({ cluster: cluster!.clusterArn, task: started!.taskArn! }))
  await pollUntil(readTask, ({ lastStatus }) => lastStatus === 'STOPPED')
})

test('Prefect runs a task in all subnets of the default VPC, with a public address', async (t) => {
  const { requestEc2, ecs } = await openEngineForEc2(t)
  const { runTask, waitForTask } = await ecsSteps(ecs)
  const [, vpc = ''] =
    /<vpcId>(.*?)</.exec(
      (await requestEc2('DescribeVpcs', { 'Filter.1.Name': 'isDefault', 'Filter.1.Value.1': 'true' })).text,
    ) ?? []
  const { text } = await requestEc2('DescribeSubnets', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': vpc })
  const subnets = [...text.matchAll(/<subnetId>(.*?)</g)].map(([, id = '']) => id)
  assert.ok(subnets.length >= 3)
  await registerDefinition(ecs, 'flow')
  const awsvpcConfiguration = { subnets, assignPublicIp: 'ENABLED' as const, securityGroups: [] }
  const running = await waitForTask(
    await runTask('flow', { networkConfiguration: { awsvpcConfiguration } }),
    ({ lastStatus }) => lastStatus === 'RUNNING',
  )
  assert.match(
    (await requestEc2('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': eniOf(running) })).text,
    /<association><publicIp>198\./,
  )
})

test('Dagster runs a task in another task’s network, which it reads from the network interface', async (t) => {
  const { requestEc2, ecs } = await openEngineForEc2(t)
  const { runTask, waitForTask } = await ecsSteps(ecs)
  await registerDefinition(ecs, 'run')
  const isRunning = ({ lastStatus }: { lastStatus?: string }) => lastStatus === 'RUNNING'
  const awsvpcConfiguration = { subnets: ['subnet-0a1b2c3d'], assignPublicIp: 'ENABLED' as const }
  const daemon = await waitForTask(await runTask('run', { networkConfiguration: { awsvpcConfiguration } }), isRunning)
  const networkOf = async (eni: string) => {
    const { text } = await requestEc2('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': eni })
    const all = (element: string) =>
      [...text.matchAll(new RegExp(`<${element}>(.*?)</`, 'g'))].map(([, value = '']) => value)
    return {
      securityGroups: all('groupId'),
      subnets: all('subnetId'),
      assignPublicIp: all('publicIp').length > 0 ? ('ENABLED' as const) : ('DISABLED' as const),
    }
  }
  const network = await networkOf(eniOf(daemon))
  assert.deepEqual(
    [network.securityGroups.length, network.subnets, network.assignPublicIp],
    [1, ['subnet-0a1b2c3d'], 'ENABLED'],
  )
  const started = await waitForTask(
    await runTask('run', { networkConfiguration: { awsvpcConfiguration: network } }),
    isRunning,
  )
  assert.deepEqual(await networkOf(eniOf(started)), network)
})

function eniOf({ attachments = [] }: Task): string {
  return attachments[0]?.details?.find(({ name }) => name === 'networkInterfaceId')?.value ?? ''
}

async function registerDefinition(ecs: ECSClient, family: string): Promise<void> {
  const fargate = {
    networkMode: 'awsvpc' as const,
    requiresCompatibilities: ['FARGATE' as const],
    cpu: '256',
    memory: '512',
  }
  await ecs.send(
    new RegisterTaskDefinitionCommand({ family, containerDefinitions: [{ name: family, image: family }], ...fargate }),
  )
}

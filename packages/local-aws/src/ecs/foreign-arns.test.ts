/**
 * No action follows an ARN of another partition, Region, account or kind. The members that take a reference come from
 * ECS's model, so a new action, or a new member of an old one, is tested, or fails the test that finds untested
 * members.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ECSClient } from '@aws-sdk/client-ecs'
import * as sdk from '@aws-sdk/client-ecs'
import { findOperation, operationNames, type ResourceKind, type Shape } from '@ecs-api/ecs-model'
import { accountNumber, openTestEngine } from '../testing/test-engine.ts'

const subnets = ['subnet-0a1b2c3d']
const networkConfiguration = { awsvpcConfiguration: { subnets } }
const strategy = [{ capacityProvider: 'FARGATE', weight: 1 }]
const unrelated = 'not a reference to an ECS resource, or to a kind that the engine lacks'

/** The kind of resource that each member refers to. */
const kindByMember: Readonly<Record<string, ResourceKind | typeof unrelated>> = {
  capacityProvider: 'capacity-provider',
  capacityProviders: 'capacity-provider',
  cluster: 'cluster',
  clusters: 'cluster',
  service: 'service',
  serviceName: 'service',
  services: 'service',
  serviceDeploymentArn: 'service-deployment',
  serviceDeploymentArns: 'service-deployment',
  serviceRevisionArns: 'service-revision',
  task: 'task',
  tasks: 'task',
  taskDefinition: 'task-definition',
  taskDefinitions: 'task-definition',
}
/** ARN members that refer to nothing in ECS (a role, a target group), or to a resource of any kind (`resourceArn`). */
const otherArnMembers = [
  'principalArn',
  'targetGroupArn',
  'roleArn',
  'registryArn',
  'taskRoleArn',
  'executionRoleArn',
  'resourceArn',
]

type Input = Record<string, unknown>
interface ExistingResources {
  task: string
  deployment: string
  revision: string
}

/**
 * For each action with a reference, an input that acts on (or describes) the existing resources, by name where
 * possible.
 */
const inputByAction: Readonly<Record<string, (existing: ExistingResources) => Input>> = {
  CreateCapacityProvider: () => ({
    name: 'another',
    cluster: 'prod',
    autoScalingGroupProvider: {
      autoScalingGroupArn: `arn:aws:autoscaling:us-east-1:${accountNumber}:autoScalingGroup:x:autoScalingGroupName/x`,
    },
  }),
  CreateCluster: () => ({
    clusterName: 'new',
    capacityProviders: ['FARGATE'],
    defaultCapacityProviderStrategy: strategy,
  }),
  CreateService: () => ({
    cluster: 'prod',
    serviceName: 'new',
    taskDefinition: 'web',
    capacityProviderStrategy: strategy,
    desiredCount: 1,
    networkConfiguration,
  }),
  DeleteAttributes: () => ({ cluster: 'prod', attributes: [] }),
  DeleteCapacityProvider: () => ({ capacityProvider: 'own' }),
  DeleteCluster: () => ({ cluster: 'empty' }),
  DeleteService: () => ({ cluster: 'prod', service: 'www', force: true }),
  DeleteTaskDefinitions: () => ({ taskDefinitions: ['old:1'] }),
  DeregisterTaskDefinition: () => ({ taskDefinition: 'web:1' }),
  DescribeCapacityProviders: () => ({ capacityProviders: ['own'], cluster: 'prod' }),
  DescribeClusters: () => ({ clusters: ['prod'] }),
  DescribeServiceDeployments: ({ deployment }) => ({ serviceDeploymentArns: [deployment] }),
  DescribeServiceRevisions: ({ revision }) => ({ serviceRevisionArns: [revision] }),
  DescribeServices: () => ({ cluster: 'prod', services: ['www'] }),
  DescribeTaskDefinition: () => ({ taskDefinition: 'web:1' }),
  DescribeTasks: ({ task }) => ({ cluster: 'prod', tasks: [task] }),
  ExecuteCommand: ({ task }) => ({ cluster: 'prod', task, command: 'sh', interactive: true }),
  GetTaskProtection: ({ task }) => ({ cluster: 'prod', tasks: [task] }),
  ListAttributes: () => ({ cluster: 'prod', targetType: 'container-instance' }),
  ListServiceDeployments: () => ({ cluster: 'prod', service: 'www' }),
  ListServices: () => ({ cluster: 'prod' }),
  ListTasks: () => ({ cluster: 'prod', serviceName: 'www' }),
  PutAttributes: () => ({ cluster: 'prod', attributes: [] }),
  PutClusterCapacityProviders: () => ({
    cluster: 'prod',
    capacityProviders: ['FARGATE'],
    defaultCapacityProviderStrategy: strategy,
  }),
  RunTask: () => ({ cluster: 'prod', taskDefinition: 'web', capacityProviderStrategy: strategy, networkConfiguration }),
  StopServiceDeployment: ({ deployment }) => ({ serviceDeploymentArn: deployment }),
  StopTask: ({ task }) => ({ cluster: 'prod', task }),
  UpdateCapacityProvider: () => ({
    name: 'own',
    cluster: 'prod',
    autoScalingGroupProvider: { managedDraining: 'DISABLED' },
  }),
  UpdateCluster: () => ({ cluster: 'prod', settings: [{ name: 'containerInsights', value: 'enabled' }] }),
  UpdateClusterSettings: () => ({ cluster: 'prod', settings: [{ name: 'containerInsights', value: 'enabled' }] }),
  UpdateService: () => ({
    cluster: 'prod',
    service: 'www',
    desiredCount: 3,
    taskDefinition: 'web',
    capacityProviderStrategy: strategy,
    forceNewDeployment: true,
  }),
  UpdateTaskProtection: ({ task }) => ({ cluster: 'prod', tasks: [task], protectionEnabled: true }),
}
/** Actions whose `resourceArn` can be of any kind. */
const taggingInputByAction: Readonly<Record<string, (resourceArn: string) => Input>> = {
  TagResource: (resourceArn) => ({ resourceArn, tags: [{ key: 'a', value: 'b' }] }),
  UntagResource: (resourceArn) => ({ resourceArn, tagKeys: ['team'] }),
  ListTagsForResource: (resourceArn) => ({ resourceArn }),
}

test('this file tests every member of every action that takes a reference', async (t) => {
  const { ecs } = await openTestEngine(t)
  const supportedActions = await Promise.all(
    operationNames().map(async (name) => {
      const error = await send(ecs, name, {}).then(
        () => undefined,
        (thrown: Error) => thrown,
      )
      return /does not have the action/.test(error?.message ?? '') ? [] : [name]
    }),
  )
  for (const name of supportedActions.flat()) {
    const members = referenceMembersOf(findOperation(name)!.input)
    const unknown = members.filter(
      (member) => !Object.hasOwn(kindByMember, member) && !otherArnMembers.includes(member),
    )
    assert.deepEqual(unknown, [], `${name} has members that may take a reference: add their kind`)
    if (members.some((member) => Object.hasOwn(kindByMember, member)))
      assert.ok(inputByAction[name] || name in taggingInputByAction, `${name} is not tested`)
  }
})

for (const [name, inputOf] of Object.entries(inputByAction))
  test(`${name} rejects foreign ARNs`, async (t) => {
    const { ecs, existing } = await openEngineWithResources(t)
    const before = await stateOfResources(ecs)
    const input = inputOf(existing)
    let attempts = 0
    for (const { path, kind } of referencePaths(input))
      for (const [origin, arn] of foreignArns(kind, valueAt(input, path), existing)) {
        attempts++
        const response = await send(ecs, name, withValueAt(input, path, arn)).catch((error: Error) => error)
        assert.ok(
          response instanceof Error || describesNothing(response),
          `${name} accepted ${path.join('.')} of ${origin}: ${JSON.stringify(response)}`,
        )
        assert.deepEqual(await stateOfResources(ecs), before, `${name} with ${path.join('.')} of ${origin}`)
      }
    assert.ok(attempts > 0)
  })

for (const [name, inputOf] of Object.entries(taggingInputByAction))
  test(`${name} rejects foreign ARNs`, async (t) => {
    const { ecs, existing } = await openEngineWithResources(t)
    const before = await stateOfResources(ecs)
    const ownResources: [ResourceKind, string][] = [
      ['cluster', 'prod'],
      ['service', 'www'],
      ['task', existing.task],
      ['task-definition', 'web:1'],
      ['capacity-provider', 'own'],
    ]
    for (const [kind, reference] of ownResources)
      for (const [origin, arn] of foreignArns(kind, reference, existing)) {
        if (origin === 'another kind') continue
        await assert.rejects(send(ecs, name, inputOf(arn)), `${name} accepted a ${kind} of ${origin}`)
        assert.deepEqual(await stateOfResources(ecs), before)
      }
  })

test('StopTask, UpdateService, DescribeTasks and DescribeServices reject a foreign Region with ECS’s message', async (t) => {
  const { ecs, existing } = await openEngineWithResources(t)
  const arnInOtherRegion = (kind: string, path: string) => `arn:aws:ecs:eu-west-1:${accountNumber}:${kind}/${path}`
  for (const [name, input] of [
    ['StopTask', { cluster: 'prod', task: arnInOtherRegion('task', `prod/${existing.task.split('/').at(-1)}`) }],
    [
      'DescribeTasks',
      { cluster: 'prod', tasks: [arnInOtherRegion('task', `prod/${existing.task.split('/').at(-1)}`)] },
    ],
    ['UpdateService', { cluster: 'prod', service: arnInOtherRegion('service', 'prod/www'), desiredCount: 0 }],
    ['DescribeServices', { cluster: 'prod', services: [arnInOtherRegion('service', 'prod/www')] }],
  ] as const)
    await assert.rejects(send(ecs, name, input), {
      name: 'InvalidParameterException',
      message: 'Invalid Region in ARN',
    })
})

function send(ecs: ECSClient, name: string, input: object): Promise<Input> {
  const Command = (sdk as unknown as Record<string, new (input: object) => never>)[`${name}Command`]!
  return ecs.send(new Command(input)) as unknown as Promise<Input>
}

/** The names of all members in the shape that are a reference, or whose names suggest one. */
function referenceMembersOf(shape: Shape, seen = new Set<Shape>()): string[] {
  if (seen.has(shape)) return []
  seen.add(shape)
  if (shape.kind === 'list' || shape.kind === 'map') return referenceMembersOf(shape.of, seen)
  if (shape.kind !== 'structure') return []
  return [...shape.members.values()].flatMap((member) => {
    const isText = member.shape.kind === 'string' || (member.shape.kind === 'list' && member.shape.of.kind === 'string')
    const refers =
      isText &&
      (Object.hasOwn(kindByMember, member.name) ||
        /^(resource|service|task|cluster|capacityProvider).*Arns?$/.test(member.name))
    return [...(refers ? [member.name] : []), ...referenceMembersOf(member.shape, seen)]
  })
}

interface ReferencePath {
  path: (string | number)[]
  kind: ResourceKind
}

/** The paths of all references in an input. */
function referencePaths(value: unknown, path: (string | number)[] = []): ReferencePath[] {
  const name = path.findLast((step) => typeof step === 'string') as string | undefined
  const kind = name === undefined ? undefined : kindByMember[name]
  if (typeof value === 'string') return kind && kind !== unrelated && !isNewName(path) ? [{ path, kind }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([step, inner]) =>
    referencePaths(inner, [...path, Array.isArray(value) ? Number(step) : step]),
  )
}

/** CreateService's `serviceName` is the name of a new service, which cannot be an ARN. */
function isNewName(path: (string | number)[]): boolean {
  return path[0] === 'serviceName'
}

function valueAt(input: Input, path: (string | number)[]): string {
  return path.reduce<unknown>((value, step) => (value as Input)[step], input) as string
}

function withValueAt(input: Input, path: (string | number)[], value: string): Input {
  const copy = structuredClone(input)
  const holder = path.slice(0, -1).reduce<unknown>((inner, step) => (inner as Input)[step], copy) as Input
  holder[path.at(-1)!] = value
  return copy
}

function foreignArns(
  kind: ResourceKind,
  reference: string,
  { deployment, revision }: ExistingResources,
): [origin: string, arn: string][] {
  const name = reference.split('/').at(-1)!
  const inCluster: Partial<Record<ResourceKind, string>> = {
    service: `prod/${name}`,
    task: `prod/${name}`,
    'service-deployment': deployment.split(':').at(-1)!.split('/').slice(1).join('/'),
    'service-revision': revision.split(':').at(-1)!.split('/').slice(1).join('/'),
  }
  const path = inCluster[kind] ?? name
  return [
    ['another Region', `arn:aws:ecs:eu-west-1:${accountNumber}:${kind}/${path}`],
    ['another account', `arn:aws:ecs:us-east-1:999999999999:${kind}/${path}`],
    ['another partition', `arn:aws-cn:ecs:us-east-1:${accountNumber}:${kind}/${path}`],
    ['another kind', `arn:aws:ecs:us-east-1:${accountNumber}:daemon/${path}`],
    ['another service of AWS', `arn:aws:s3:us-east-1:${accountNumber}:${kind}/${path}`],
  ]
}

/** Whether a response shows none of our resources: only failures or empty lists. */
function describesNothing({ $metadata: _, failures: _failures, nextToken: _token, ...rest }: Input): boolean {
  return Object.values(rest).every((value) => value === undefined || (Array.isArray(value) && value.length === 0))
}

async function stateOfResources(ecs: ECSClient): Promise<unknown> {
  const { clusters = [] } = await ecs.send(
    new sdk.DescribeClustersCommand({ clusters: ['prod', 'empty', 'new'], include: ['SETTINGS', 'TAGS'] }),
  )
  const { services = [] } = await ecs.send(
    new sdk.DescribeServicesCommand({ cluster: 'prod', services: ['www', 'new'], include: ['TAGS'] }),
  )
  const { taskArns = [] } = await ecs.send(new sdk.ListTasksCommand({ cluster: 'prod' }))
  const { tasks = [] } = await ecs.send(
    new sdk.DescribeTasksCommand({ cluster: 'prod', tasks: taskArns, include: ['TAGS'] }),
  )
  const { protectedTasks = [] } = await ecs.send(new sdk.GetTaskProtectionCommand({ cluster: 'prod', tasks: taskArns }))
  const definitions = await Promise.all(
    ['web:1', 'old:1'].map((taskDefinition) =>
      ecs.send(new sdk.DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] })),
    ),
  )
  const { capacityProviders = [] } = await ecs.send(new sdk.DescribeCapacityProvidersCommand({ include: ['TAGS'] }))
  return {
    clusters: clusters.map(
      ({ clusterName, status, settings, capacityProviders, defaultCapacityProviderStrategy, tags }) => [
        clusterName,
        status,
        settings,
        capacityProviders,
        defaultCapacityProviderStrategy,
        tags,
      ],
    ),
    services: services.map(({ serviceName, status, desiredCount, tags, deployments = [] }) => [
      serviceName,
      status,
      desiredCount,
      tags,
      deployments.map(({ id }) => id),
    ]),
    tasks: tasks.map(({ taskArn, desiredStatus, tags }) => [taskArn, desiredStatus, tags]),
    protectedTasks: protectedTasks.map(({ taskArn, protectionEnabled }) => [taskArn, protectionEnabled]),
    definitions: definitions.map(({ taskDefinition, tags }) => [taskDefinition?.status, tags]),
    capacityProviders: capacityProviders.map(({ name, status, tags, autoScalingGroupProvider }) => [
      name,
      status,
      tags,
      autoScalingGroupProvider,
    ]),
  }
}

/**
 * An engine with a cluster (running service, providers), an empty cluster, two definitions (one can be deleted), and a
 * capacity provider.
 */
async function openEngineWithResources(t: TestContext): Promise<{ ecs: ECSClient; existing: ExistingResources }> {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const tags = [{ key: 'team', value: 'web' }]
  await ecs.send(new sdk.CreateClusterCommand({ clusterName: 'prod', capacityProviders: ['FARGATE'], tags }))
  await ecs.send(new sdk.CreateClusterCommand({ clusterName: 'empty' }))
  await send(ecs, 'CreateCapacityProvider', {
    name: 'own',
    tags,
    autoScalingGroupProvider: {
      autoScalingGroupArn: `arn:aws:autoscaling:us-east-1:${accountNumber}:autoScalingGroup:x:autoScalingGroupName/x`,
    },
  })
  const fargate = {
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    taskRoleArn: `arn:aws:iam::${accountNumber}:role/app`,
  }
  for (const family of ['web', 'old'])
    await send(ecs, 'RegisterTaskDefinition', {
      family,
      tags,
      containerDefinitions: [{ name: 'web', image: 'web' }],
      ...fargate,
    })
  await ecs.send(new sdk.DeregisterTaskDefinitionCommand({ taskDefinition: 'old:1' }))
  await send(ecs, 'CreateService', {
    cluster: 'prod',
    serviceName: 'www',
    taskDefinition: 'web',
    desiredCount: 1,
    launchType: 'FARGATE',
    enableExecuteCommand: true,
    networkConfiguration,
    tags,
  })
  for (;;) {
    const { services } = await ecs.send(new sdk.DescribeServicesCommand({ cluster: 'prod', services: ['www'] }))
    if (services![0]!.deployments![0]!.rolloutState === 'COMPLETED') break
    await new Promise(setImmediate)
  }
  const { taskArns } = await ecs.send(new sdk.ListTasksCommand({ cluster: 'prod' }))
  const { serviceDeployments } = await ecs.send(
    new sdk.ListServiceDeploymentsCommand({ cluster: 'prod', service: 'www' }),
  )
  const { serviceDeploymentArn, targetServiceRevisionArn } = serviceDeployments![0]!
  return {
    ecs,
    existing: { task: taskArns![0]!, deployment: serviceDeploymentArn!, revision: targetServiceRevisionArn! },
  }
}

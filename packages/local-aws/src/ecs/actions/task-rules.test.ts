import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ecsSteps } from '../../testing/ecs-steps.ts'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import {
  assertEachRejected,
  clientException,
  invalidParameter,
  type Rejection,
  sendAction,
} from '../../testing/rejections.ts'
import { awsvpcNetwork, registerDefinitions } from '../../testing/service-inputs.ts'
import { accountNumber, openTestEngine } from '../../testing/test-engine.ts'

const runTaskInput = { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }
const inputWithOverride = (container: object, more: object = {}) => ({
  ...runTaskInput,
  overrides: { containerOverrides: [{ name: 'app', ...container }], ...more },
})

const rejected: Rejection[] = [
  invalidParameter(
    'a launch type and a strategy',
    { ...runTaskInput, capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    'You may choose a capacity provider or a launch type but not both.',
  ),
  invalidParameter(
    'a public address on EC2',
    {
      taskDefinition: 'web',
      networkConfiguration: {
        awsvpcConfiguration: { ...awsvpcNetwork.awsvpcConfiguration, assignPublicIp: 'ENABLED' },
      },
    },
    'Assign public IP is not supported for this launch type.',
  ),
  invalidParameter(
    'ECS Exec without a task role',
    { ...runTaskInput, enableExecuteCommand: true },
    'The execute command failed because a valid task role is not being used. Specify a valid task role in your task definition or as a task override and try again.',
  ),
  invalidParameter(
    'container overrides of more than 8192 characters',
    inputWithOverride({ environment: [{ name: 'A', value: 'x'.repeat(8192) }] }),
    'Container Overrides length must be at most 8192',
  ),
  invalidParameter(
    'a startedBy of 129 characters',
    { ...runTaskInput, startedBy: 'x'.repeat(129) },
    'startedBy longer than 128.',
  ),
  invalidParameter(
    'a startedBy with a blank',
    { ...runTaskInput, startedBy: 'a b' },
    'startedBy contains invalid characters: letters, numbers, - / and _ are allowed.',
  ),
  invalidParameter(
    'propagated tags of a service',
    { ...runTaskInput, propagateTags: 'SERVICE' },
    'propagateTags SERVICE is not supported when running a task.',
  ),
  invalidParameter(
    'a referenceId of more than 1024 characters',
    { ...runTaskInput, referenceId: 'x'.repeat(1025) },
    'referenceId must be at most 1024 characters.',
  ),
  invalidParameter(
    'an override without the name of a container',
    { ...runTaskInput, overrides: { containerOverrides: [{ command: ['x'] }] } },
    'Container Name can not be blank.',
  ),
  invalidParameter(
    'an override of a container that the definition lacks',
    { ...runTaskInput, overrides: { containerOverrides: [{ name: 'x' }] } },
    'Override for container named x is not a container in the TaskDefinition.',
  ),
  invalidParameter(
    'the ARN of a bucket as the task role',
    inputWithOverride({}, { taskRoleArn: 'arn:aws:s3:::b' }),
    'Role is not valid',
  ),
  invalidParameter(
    'a base in two capacity providers',
    {
      ...runTaskInput,
      launchType: undefined,
      capacityProviderStrategy: [
        { capacityProvider: 'a', base: 1, weight: 1 },
        { capacityProvider: 'b', base: 2 },
      ],
    },
    'There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. Only one capacity provider can have a base value greater than zero. Specify a valid capacity provider strategy and try again.',
  ),
  clientException(
    'an override that makes a container larger than its task',
    inputWithOverride({ memory: 1024 }),
    "The 'memory' setting for container 'app' is greater than for the task.",
  ),
  clientException(
    'containers with more CPU units than the task',
    inputWithOverride({ cpu: 512 }),
    "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
  ),
  clientException(
    'an override with a size that Fargate lacks',
    inputWithOverride({}, { cpu: '256', memory: '4096' }),
    'No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.',
  ),
  invalidParameter(
    'a cpu that is no number',
    inputWithOverride({}, { cpu: 'much' }),
    "Invalid 'cpu' setting for task.",
  ),
  clientException(
    'ephemeral storage of more than 200 GiB',
    inputWithOverride({}, { ephemeralStorage: { sizeInGiB: 201 } }),
    'EphemeralStorage size should be at most 200',
  ),
  clientException(
    'an environment file that is no ARN',
    inputWithOverride({ environmentFiles: [{ type: 's3', value: 'x' }] }),
    'Invalid arn syntax.',
  ),
  clientException(
    'an environment variable that the definition has as a secret',
    { ...inputWithOverride({ environment: [{ name: 'A', value: '1' }] }), taskDefinition: 'secret' },
    "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
  ),
  invalidParameter(
    'a volume that the definition lacks',
    { ...runTaskInput, volumeConfigurations: [{ name: 'v', managedEBSVolume: { roleArn: 'r', sizeInGiB: 1 } }] },
    'Volume configuration provided but no matching configuredAtLaunch volume found in task definition.',
  ),
  {
    label: 'a platform version that is retired',
    input: { ...runTaskInput, platformVersion: '1.0.0' },
    name: 'PlatformUnknownException',
    message: 'The specified platform does not exist.',
  },
  {
    label: 'a platform version that never existed',
    input: { ...runTaskInput, platformVersion: '9.9.9' },
    name: 'PlatformUnknownException',
    message: 'The specified platform does not exist.',
  },
]

testInProcessAndOverTcp('RunTask rejects with ECS’s messages', async (open) => {
  const { ecs } = await open()
  await registerDefinitions(ecs)
  const containerDefinitions = [{ name: 'app', image: 'app:1', secrets: [{ name: 'A', valueFrom: 'a' }] }]
  const definition = {
    family: 'secret',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
  }
  await sendAction(ecs, 'RegisterTaskDefinition', { ...definition, executionRoleArn: 'x', containerDefinitions })
  await assertEachRejected(ecs, 'RunTask', rejected)
})

testInProcessAndOverTcp(
  'a valid definition that Fargate cannot run is rejected by RunTask and CreateService',
  async (open) => {
    const { ecs } = await open()
    await registerDefinitions(ecs)
    const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '1024', memory: '2048' }
    const app = { name: 'app', image: 'app:1' }
    const options = { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::files/fluent.conf' }
    const routedContainers = [
      { ...app, logConfiguration: { logDriver: 'awsfirelens' } },
      { name: 'router', image: 'fluent-bit', firelensConfiguration: { type: 'fluentbit', options } },
    ]
    await sendAction(ecs, 'RegisterTaskDefinition', {
      ...size,
      family: 'routed',
      containerDefinitions: routedContainers,
    })
    const runtimePlatform = { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' }
    const restartingContainers = [{ ...app, restartPolicy: { enabled: true } }]
    await sendAction(ecs, 'RegisterTaskDefinition', {
      ...size,
      family: 'restarting',
      runtimePlatform,
      containerDefinitions: restartingContainers,
    })
    const rejections = ['routed', 'restarting'].map(
      (taskDefinition): Rejection => ({
        label: taskDefinition,
        input: { ...runTaskInput, taskDefinition },
        name: 'PlatformTaskDefinitionIncompatibilityException',
        message: 'One or more of the requested capabilities are not supported.',
      }),
    )
    await assertEachRejected(ecs, 'RunTask', rejections)
    const services = rejections.map((rejection) => ({
      ...rejection,
      input: { ...rejection.input, serviceName: 's', desiredCount: 1 },
    }))
    await assertEachRejected(ecs, 'CreateService', services)
  },
)

testInProcessAndOverTcp('ListTasks accepts startedBy only alone', async (open) => {
  const { ecs } = await open()
  await registerDefinitions(ecs)
  const startedByWith = (more: object) =>
    invalidParameter(
      Object.keys(more)[0]!,
      { startedBy: 'me', ...more },
      'cannot specify startedBy with other arguments',
    )
  await assertEachRejected(ecs, 'ListTasks', [
    startedByWith({ family: 'web' }),
    startedByWith({ launchType: 'FARGATE' }),
    startedByWith({ serviceName: 's' }),
  ])
  await assert.doesNotReject(
    sendAction(ecs, 'ListTasks', { cluster: 'default', startedBy: 'me', desiredStatus: 'STOPPED' }),
  )
})

testInProcessAndOverTcp(
  'a deregistered or deleted definition is reported before the clientToken is checked',
  async (open) => {
    const { ecs } = await open()
    await registerDefinitions(ecs)
    const repeatedInput = { ...runTaskInput, taskDefinition: 'web:1', clientToken: 'once' }
    await sendAction(ecs, 'RunTask', repeatedInput)
    await sendAction(ecs, 'DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    await assertEachRejected(ecs, 'RunTask', [
      invalidParameter('INACTIVE', repeatedInput, 'TaskDefinition is inactive'),
    ])
    await sendAction(ecs, 'DeleteTaskDefinitions', { taskDefinitions: ['web:1'] })
    await assertEachRejected(ecs, 'RunTask', [
      invalidParameter('DELETE_IN_PROGRESS', repeatedInput, 'TaskDefinition is being deleted'),
    ])
    await assertEachRejected(ecs, 'DeregisterTaskDefinition', [
      clientException(
        'DELETE_IN_PROGRESS',
        { taskDefinition: 'web:1' },
        'The task definition could not be deregistered because it is in the process of being deleted.',
      ),
    ])
  },
)

test('a task and a service show the requested platform version, and LATEST as its number', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('linux')
  const windows = {
    runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' as const },
    cpu: '1024',
    memory: '2048',
  }
  await steps.registerDefinitionWith(windows, 'windows')
  const versionOf = async (family: string, platformVersion?: string) =>
    (await steps.describeTasks(await steps.runTask(family, { platformVersion })))[0]!.platformVersion
  assert.deepEqual(
    [
      await versionOf('linux'),
      await versionOf('linux', 'LATEST'),
      await versionOf('linux', '1.3.0'),
      await versionOf('linux', '1.4.0'),
    ],
    ['1.4.0', '1.4.0', '1.3.0', '1.4.0'],
  )
  assert.deepEqual([await versionOf('windows'), await versionOf('windows', '1.0.0')], ['1.0.0', '1.0.0'])
  await assert.rejects(versionOf('windows', '1.4.0'), {
    name: 'PlatformUnknownException',
    message: 'The specified platform does not exist.',
  })

  const oldVersionService = await steps.createService({
    serviceName: 'old',
    taskDefinition: 'linux',
    platformVersion: '1.3.0',
  })
  assert.deepEqual(
    [oldVersionService.platformVersion, oldVersionService.deployments![0]!.platformVersion],
    ['1.3.0', '1.3.0'],
  )
  await steps.waitUntilStable('old')
  assert.equal((await steps.tasksOfService('old'))[0]!.platformVersion, '1.3.0')
  const latestVersionService = await steps.createService({ serviceName: 'win', taskDefinition: 'windows' })
  assert.deepEqual(
    [latestVersionService.platformVersion, latestVersionService.deployments![0]!.platformVersion],
    ['LATEST', '1.0.0'],
  )
  for (const input of [
    { service: 'old', taskDefinition: 'windows' },
    { service: 'win', platformVersion: '1.4.0' },
  ])
    await assert.rejects(sendAction(ecs, 'UpdateService', input), { name: 'PlatformUnknownException' })
})

test('sizes from overrides are shown in CPU units and MiB', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  const [task] = await steps.describeTasks(
    await steps.runTask('web', {
      overrides: { cpu: '.5 vCPU', memory: '1 GB', taskRoleArn: `arn:aws:iam::${accountNumber}:role/x` },
    }),
  )
  assert.deepEqual([task!.cpu, task!.memory], ['512', '1024'])
})

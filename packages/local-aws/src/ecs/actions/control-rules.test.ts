import assert from 'node:assert/strict'
import { ecsSteps } from '../../testing/ecs-steps.ts'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import {
  assertEachRejected,
  clientException,
  invalidParameter,
  type Rejection,
  sendAction,
} from '../../testing/rejections.ts'
import { fargateService, registerDefinitions } from '../../testing/service-inputs.ts'

const exec = (executeCommandConfiguration: object) => ({ configuration: { executeCommandConfiguration } })
const noLogs =
  'A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration.'
const notOverridden = "You must set logging to 'OVERRIDE' when you supply a log configuration."
const settingValue = "Invalid setting 'value'"
const providers = { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }
const bases = [
  { capacityProvider: 'FARGATE', base: 1, weight: 1 },
  { capacityProvider: 'FARGATE_SPOT', base: 2 },
]
const twoBases =
  'The specified capacity provider strategy contains multiple capacity providers with a base value defined. Only one capacity provider per strategy can have a base value defined.'
const autoScaling = (more: object) => ({
  autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:autoscaling:us-east-1:1:a', ...more },
})

const rows: [action: string, rows: Rejection[]][] = [
  [
    'CreateCluster',
    [
      invalidParameter('logging OVERRIDE without logs', exec({ logging: 'OVERRIDE' }), noLogs),
      invalidParameter(
        'logging OVERRIDE with an empty log configuration',
        exec({ logging: 'OVERRIDE', logConfiguration: {} }),
        noLogs,
      ),
      invalidParameter(
        'a log configuration without logging OVERRIDE',
        exec({ logging: 'DEFAULT', logConfiguration: { s3BucketName: 'b' } }),
        notOverridden,
      ),
      invalidParameter(
        'a base in two capacity providers',
        { ...providers, defaultCapacityProviderStrategy: bases },
        twoBases,
      ),
      invalidParameter(
        'an unknown value of a setting',
        { settings: [{ name: 'containerInsights', value: 'x' }] },
        settingValue,
      ),
      invalidParameter(
        'a namespace with a slash',
        { serviceConnectDefaults: { namespace: 'a/b' } },
        'A namespace cannot contain <, >, " or /.',
      ),
      invalidParameter(
        'a namespace of more than 1024 characters',
        { serviceConnectDefaults: { namespace: 'a'.repeat(1025) } },
        'A namespace can have at most 1024 characters.',
      ),
    ],
  ],
  [
    'UpdateCluster',
    [
      invalidParameter(
        'logging OVERRIDE without logs',
        { cluster: 'default', ...exec({ logging: 'OVERRIDE' }) },
        noLogs,
      ),
    ],
  ],
  [
    'PutClusterCapacityProviders',
    [
      invalidParameter(
        'a base in two capacity providers',
        { cluster: 'default', ...providers, defaultCapacityProviderStrategy: bases },
        twoBases,
      ),
    ],
  ],
  [
    'UpdateClusterSettings',
    [
      invalidParameter(
        'an unknown value of a setting',
        { cluster: 'default', settings: [{ name: 'containerInsights', value: 'x' }] },
        settingValue,
      ),
      {
        label: 'a missing cluster, before the settings',
        input: { cluster: 'none', settings: [{ name: 'bad', value: 'bad' }] },
        name: 'ClusterNotFoundException',
        message: 'Cluster not found.',
      },
    ],
  ],
  [
    'PutAccountSetting',
    [
      invalidParameter('an unknown value', { name: 'fargateFIPSMode', value: 'maybe' }, settingValue),
      ...['serviceLongArnFormat', 'taskLongArnFormat', 'containerInstanceLongArnFormat'].map((name) =>
        invalidParameter(`no ${name}`, { name, value: 'disabled' }, 'You can no longer disable Long Arn settings'),
      ),
    ],
  ],
  [
    'PutAccountSettingDefault',
    [
      invalidParameter(
        'a setting that disables long ARNs',
        { name: 'taskLongArnFormat', value: 'disabled' },
        'You can no longer disable Long Arn settings',
      ),
    ],
  ],
  [
    'CreateCapacityProvider',
    [
      clientException(
        'a capacity provider with a reserved name',
        { name: 'ecs-a', ...autoScaling({}) },
        'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
      ),
      clientException(
        'a minimum step size above the maximum step size',
        { name: 'a', ...autoScaling({ managedScaling: { minimumScalingStepSize: 5, maximumScalingStepSize: 4 } }) },
        'The minimum or maximum scaling step size value is invalid. Specify a minimum scaling step size value that is less than or equal to the maximum scaling step size value and try again.',
      ),
    ],
  ],
  [
    'DescribeServices',
    [
      invalidParameter(
        'an unknown value of include',
        { services: ['a'], include: ['BOGUS'] },
        'include should be one of [TAGS]',
      ),
    ],
  ],
  [
    'ListServices',
    [
      invalidParameter(
        'an unknown launch type',
        { launchType: 'BOGUS' },
        'launch type should be one of [EC2,FARGATE,EXTERNAL,FMI,MANAGED_INSTANCES]',
      ),
      invalidParameter('101 results', { maxResults: 101 }, 'Max results can not be greater than 100'),
      invalidParameter(
        'an unknown scheduling strategy',
        { schedulingStrategy: 'BOGUS' },
        'Scheduling strategy should be one of [REPLICA,DAEMON]',
      ),
    ],
  ],
]

testInProcessAndOverTcp('control-plane actions reject with ECS’s messages', async (open) => {
  const { ecs } = await open()
  await sendAction(ecs, 'CreateCluster', {})
  for (const [action, rejections] of rows) await assertEachRejected(ecs, action, rejections)
})

testInProcessAndOverTcp('the account setting dualStackIPv6 is accepted', async (open) => {
  const { ecs } = await open()
  await sendAction(ecs, 'PutAccountSetting', { name: 'dualStackIPv6', value: 'disabled' })
  const { settings } = (await sendAction(ecs, 'ListAccountSettings', {
    name: 'dualStackIPv6',
    effectiveSettings: true,
  })) as {
    settings: object[]
  }
  assert.deepEqual(
    settings.map((setting) => 'value' in setting && setting.value),
    ['disabled'],
  )
})

testInProcessAndOverTcp('DescribeServiceRevisions rejects with ECS’s messages, in ECS’s order', async (open) => {
  const { ecs } = await open({ pace: 'instant' })
  await registerDefinitions(ecs)
  const revisionOf = async (serviceName: string) => {
    const { service } = await sendAction(ecs, 'CreateService', { ...fargateService, serviceName, desiredCount: 0 })
    return (service as { currentServiceRevisions: { arn: string }[] }).currentServiceRevisions[0]!.arn
  }
  const [arn, other] = [await revisionOf('a'), await revisionOf('b')]
  const rejection = (label: string, message: string, ...serviceRevisionArns: string[]) =>
    invalidParameter(label, { serviceRevisionArns }, message)
  const absent = arn.replace(/\d+$/, '0000000000000000001')
  await assertEachRejected(ecs, 'DescribeServiceRevisions', [
    rejection('no ARN', 'The Service ARN provided is invalid.'),
    rejection('a text that is no ARN', 'The Service ARN provided is invalid.', 'not-an-arn'),
    rejection(
      '21 ARNs of revisions that do not exist',
      'Service Revision ARN count cannot exceed 20',
      ...Array.from({ length: 21 }, (_, i) => `${absent}${i}`),
    ),
    rejection('an ARN of another Region', 'The ServiceRevision ARN is invalid.', arn.replace('us-east-1', 'eu-west-1')),
    rejection(
      'an ARN of another account',
      'The ServiceRevision ARN is invalid.',
      arn.replace(/:\d{12}:/, ':999999999999:'),
    ),
    rejection('an ARN without a number', 'The ServiceRevision ARN is invalid.', arn.replace(/\d+$/, 'abc')),
    rejection(
      'ARNs of two services, the second of which does not exist',
      'Cross service requests are not allowed. All requested service revisions must be for a single service',
      arn,
      other.replace('/b/', '/none/'),
    ),
    {
      label: 'no service',
      input: { serviceRevisionArns: [arn.replace('/a/', '/none/')] },
      name: 'ServiceNotFoundException',
      message: 'Service not found.',
    },
    {
      label: 'no cluster',
      input: { serviceRevisionArns: [arn.replace('/default/', '/none/')] },
      name: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    },
  ])
  const both = await sendAction(ecs, 'DescribeServiceRevisions', { serviceRevisionArns: [arn, absent] })
  assert.deepEqual(
    [(both.serviceRevisions as object[]).length, both.failures],
    [1, [{ arn: absent, reason: 'MISSING' }]],
  )

  const { pollUntil, describeService } = await ecsSteps(ecs)
  await sendAction(ecs, 'DeleteService', { service: 'b' })
  await pollUntil(
    () => describeService('b'),
    ({ status }) => status === 'INACTIVE',
  )
  await assertEachRejected(ecs, 'DescribeServiceRevisions', [
    rejection('an INACTIVE service', 'Cannot call DescribeServiceRevisions for a service that is INACTIVE', other),
  ])
  await sendAction(ecs, 'DeleteService', { service: 'a' })
  await pollUntil(
    () => describeService('a'),
    ({ status }) => status === 'INACTIVE',
  )
  await sendAction(ecs, 'DeleteCluster', { cluster: 'default' })
  await assertEachRejected(ecs, 'DescribeServiceRevisions', [
    {
      label: 'an INACTIVE cluster',
      input: { serviceRevisionArns: [arn] },
      name: 'ClusterNotFoundException',
      message: 'The referenced cluster was inactive.',
    },
  ])
})

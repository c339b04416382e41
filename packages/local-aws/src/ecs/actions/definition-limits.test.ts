import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  appContainer,
  awslogsOptions,
  definitionWithAwslogs,
  definitionWithContainer,
  definitionWithEfs,
  definitionWithProxy,
  ec2Definition,
  fargateDefinition,
  roleArn,
  windowsDefinition,
} from '../../testing/definition-inputs.ts'
import { clientException, type Rejection, sendAction, testRejections } from '../../testing/rejections.ts'
import { accountNumber, openTestEngine } from '../../testing/test-engine.ts'

/** Constraints that AWS documents without a message: the messages are the engine's own. */
const documented: Rejection[] = [
  clientException(
    'an S3 Files volume without a task role',
    {
      ...fargateDefinition,
      volumes: [
        {
          name: 'v',
          s3filesVolumeConfiguration: { fileSystemArn: 'arn:aws:s3files:us-east-1:111122223333:file-system/fs-1' },
        },
      ],
    },
    'An S3 Files volume requires a task role.',
  ),
  clientException(
    'a volume of two kinds',
    {
      ...fargateDefinition,
      volumes: [{ name: 'v', host: {}, efsVolumeConfiguration: { fileSystemId: 'fs-12345678' } }],
    },
    'A volume can have only one of configuredAtLaunch, dockerVolumeConfiguration, efsVolumeConfiguration, s3filesVolumeConfiguration, fsxWindowsFileServerVolumeConfiguration, host.',
  ),
  clientException(
    'a network system control in the network mode host',
    {
      ...ec2Definition,
      networkMode: 'host',
      containerDefinitions: [
        { ...appContainer, memory: 64, systemControls: [{ namespace: 'net.core.somaxconn', value: '1' }] },
      ],
    },
    'The system control net.core.somaxconn is not supported when networkMode=host.',
  ),
  clientException(
    'a text after @ that is no digest',
    definitionWithContainer({ image: 'app@sha256:abc' }),
    'The digest of a container image must be sha256: and 64 hexadecimal digits.',
  ),
  clientException(
    'a container with less than 4 MiB of memory',
    definitionWithContainer({ memory: 3 }),
    "The 'memory' setting for container 'app' must be at least 4.",
  ),
  clientException(
    '51 ignored exit codes of a restart policy',
    definitionWithContainer({
      restartPolicy: { enabled: true, ignoredExitCodes: Array.from({ length: 51 }, (_, i) => i) },
    }),
    'A restart policy can have at most 50 ignored exit codes.',
  ),
  clientException(
    'a health check every 4 s',
    definitionWithContainer({ healthCheck: { command: ['CMD', 'true'], interval: 4 } }),
    "Health check interval must be greater than or equal to the minimum allowed value 5 for container 'app'",
  ),
  clientException(
    'a health check without a command',
    definitionWithContainer({ healthCheck: { command: [] } }),
    "The health check command of container 'app' must not be empty.",
  ),
  clientException(
    'a link in the network mode host',
    { ...ec2Definition, networkMode: 'host', containerDefinitions: [{ ...appContainer, memory: 64, links: ['b'] }] },
    'Links are not supported when networkMode=host.',
  ),
  clientException(
    'two credential specs',
    definitionWithContainer({ credentialSpecs: ['credentialspec:a', 'credentialspec:b'] }),
    'A container can have at most 1 credential spec.',
  ),
  clientException(
    'a negative UID',
    definitionWithContainer({ user: '-1' }),
    'A UID or GID must be a positive integer.',
  ),
  clientException(
    'a system control that is not namespaced',
    definitionWithContainer({ systemControls: [{ namespace: 'vm.swappiness', value: '1' }] }),
    'The system control vm.swappiness is not namespaced.',
  ),
  clientException(
    'a GPU requirement without a value',
    {
      ...ec2Definition,
      containerDefinitions: [{ ...appContainer, memory: 64, resourceRequirements: [{ type: 'GPU' }] }],
    },
    'A resource requirement must have a value.',
  ),
  clientException(
    'linuxParameters on Windows',
    {
      ...windowsDefinition,
      cpu: '1024',
      memory: '2048',
      containerDefinitions: [{ ...appContainer, linuxParameters: { initProcessEnabled: true } }],
    },
    'linuxParameters is not supported for Windows containers.',
  ),
  clientException(
    'pidMode on Windows',
    { ...windowsDefinition, cpu: '1024', memory: '2048', pidMode: 'task' },
    'pidMode is not supported for Windows containers.',
  ),
  clientException(
    'a task with more CPU units than EC2 has',
    { ...ec2Definition, cpu: '196609' },
    'The cpu of a task must be between 128 and 196608 CPU units.',
  ),
  clientException(
    'eleven placement constraints',
    {
      ...ec2Definition,
      placementConstraints: Array.from({ length: 11 }, () => ({ type: 'memberOf', expression: 'a' })),
    },
    'A task definition can have at most 10 placement constraints.',
  ),
  clientException(
    'a memberOf placement constraint without an expression',
    { ...ec2Definition, placementConstraints: [{ type: 'memberOf' }] },
    'A memberOf placement constraint must have an expression.',
  ),
  clientException(
    'a port range in the network mode host',
    {
      ...ec2Definition,
      networkMode: 'host',
      containerDefinitions: [{ ...appContainer, memory: 64, portMappings: [{ containerPortRange: '80-90' }] }],
    },
    'Port ranges are not supported when networkMode=host.',
  ),
  clientException(
    '101 port ranges',
    definitionWithContainer({
      portMappings: Array.from({ length: 101 }, (_, i) => ({ containerPortRange: `${10 * i + 1}-${10 * i + 2}` })),
    }),
    'A container can have at most 100 port ranges.',
  ),
  clientException(
    'a port mapping in the network mode none',
    {
      ...ec2Definition,
      networkMode: 'none',
      containerDefinitions: [{ ...appContainer, memory: 64, portMappings: [{ containerPort: 80 }] }],
    },
    'Port mappings are not supported when networkMode=none.',
  ),
  clientException(
    'a port name with capitals',
    definitionWithContainer({ portMappings: [{ containerPort: 80, name: 'Http' }] }),
    'The port mapping name Http is invalid: up to 64 lowercase letters, numbers, underscores and hyphens, not a hyphen first.',
  ),
  clientException(
    'both awslogs options for multiline messages',
    definitionWithAwslogs({ ...awslogsOptions, 'awslogs-datetime-format': '%Y', 'awslogs-multiline-pattern': 'x' }),
    'Log driver awslogs does not support both awslogs-datetime-format and awslogs-multiline-pattern.',
  ),
  clientException(
    'an unknown awslogs mode',
    definitionWithAwslogs({ ...awslogsOptions, mode: 'fast' }),
    "Log driver awslogs option 'mode' should be one of [blocking,non-blocking]",
  ),
  clientException(
    'an unknown log driver on EC2',
    {
      ...ec2Definition,
      containerDefinitions: [{ ...appContainer, memory: 64, logConfiguration: { logDriver: 'none' } }],
    },
    'none is not a valid log driver. Must be one of [awsfirelens,awslogs,fluentd,gelf,journald,json-file,splunk,syslog]',
  ),
  clientException(
    'an environment file whose name does not end in .env',
    definitionWithContainer({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/a.txt' }] }),
    'An environment file must have a .env file extension.',
  ),
  clientException(
    'an EFS access point without transit encryption',
    definitionWithEfs({ authorizationConfig: { accessPointId: 'fsap-1' } }),
    'An EFS access point requires TransitEncryption to be enabled.',
  ),
  clientException(
    'an S3 Files access point with a root directory',
    {
      ...fargateDefinition,
      volumes: [
        {
          name: 'v',
          s3filesVolumeConfiguration: {
            fileSystemArn: 'arn:aws:s3files:us-east-1:111122223333:file-system/fs-1',
            rootDirectory: '/x',
            accessPointArn: 'a',
          },
        },
      ],
    },
    'When using an S3 Files access point, the root directory must either be set to "/" or be omitted.',
  ),
  clientException(
    'an EFS volume without a name',
    { ...fargateDefinition, volumes: [{ efsVolumeConfiguration: { fileSystemId: 'fs-12345678' } }] },
    'Volume.name should not be null or empty.',
  ),
  clientException(
    'two volumes that are configured at launch',
    {
      ...definitionWithContainer({ mountPoints: [{ sourceVolume: 'a' }, { sourceVolume: 'b' }] }),
      volumes: ['a', 'b'].map((name) => ({ name, configuredAtLaunch: true })),
    },
    'A task definition can have at most 1 volume that is configured at launch.',
  ),
  clientException(
    'volumesFrom with a container that does not exist',
    definitionWithContainer({ volumesFrom: [{ sourceContainer: 'b' }] }),
    "Unknown container 'b'.",
  ),
  clientException(
    'volumesFrom with the container itself',
    definitionWithContainer({ volumesFrom: [{ sourceContainer: 'app' }] }),
    "Container 'app' cannot mount volumes from itself.",
  ),
  clientException(
    'an App Mesh proxy without its egress port',
    definitionWithProxy(['ProxyIngressPort', '15000'], ['AppPorts', '80']),
    'Egress port not found',
  ),
  clientException(
    'an App Mesh proxy without an ignored user or group',
    definitionWithProxy(['ProxyIngressPort', '15000'], ['AppPorts', '80'], ['ProxyEgressPort', '15001']),
    'IgnoredUID or IgnoredGID not found',
  ),
]

testRejections(
  'RegisterTaskDefinition rejects definitions that the API Reference forbids',
  'RegisterTaskDefinition',
  documented,
)

test('RegisterTaskDefinition accepts definitions that are close to a rejected one', async (t) => {
  const { ecs } = await openTestEngine(t)
  const legal: Record<string, object> = {
    'the same container port for tcp and udp': definitionWithContainer({
      portMappings: [{ containerPort: 53 }, { containerPort: 53, protocol: 'udp' }],
    }),
    'port ranges that adjoin': definitionWithContainer({
      portMappings: [{ containerPortRange: '80-90' }, { containerPortRange: '91-99' }, { containerPort: 100 }],
    }),
    'an EFS volume with IAM authorization': definitionWithEfs(
      { transitEncryption: 'ENABLED', authorizationConfig: { iam: 'ENABLED' } },
      { taskRoleArn: roleArn },
    ),
    'an EFS access point': definitionWithEfs({
      transitEncryption: 'ENABLED',
      rootDirectory: '/',
      authorizationConfig: { accessPointId: 'fsap-1' },
    }),
    // As in the templates of the AWS Distro for OpenTelemetry (aws/aws-cdk#34389).
    'a health check whose command does not begin with CMD or CMD-SHELL': definitionWithContainer({
      healthCheck: { command: ['/healthcheck'], interval: 5, timeout: 6 },
    }),
    'a Docker volume that is made for one task': {
      ...ec2Definition,
      volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task', autoprovision: true } }],
    },
    'a tmpfs mount': definitionWithContainer({
      linuxParameters: { tmpfs: [{ containerPath: '/scratch', size: 64, mountOptions: ['rw', 'noexec'] }] },
    }),
    'an image name of 255 characters with a digest': definitionWithContainer({
      image: `${'i'.repeat(255)}@sha256:${'a'.repeat(64)}`,
    }),
    'an image of a registry with a port': definitionWithContainer({ image: 'localhost:5000/team/app_1.x:v1.0-rc' }),
    'a task role by its name': {
      ...fargateDefinition,
      taskRoleArn: 'service/app',
      executionRoleArn: `arn:aws:iam::${accountNumber}:role/service/app`,
    },
    'a Windows definition': { ...windowsDefinition, cpu: '1024', memory: '2048' },
    'all awslogs options': definitionWithAwslogs({
      ...awslogsOptions,
      mode: 'non-blocking',
      'max-buffer-size': '25m',
      'awslogs-create-group': 'true',
    }),
    'a parameter of the same account and Region': definitionWithContainer(
      { secrets: [{ name: 'A', valueFrom: `arn:aws:ssm:us-east-1:${accountNumber}:parameter/a` }] },
      { executionRoleArn: roleArn },
    ),
    'an App Mesh proxy': definitionWithProxy(
      ['ProxyIngressPort', '15000'],
      ['AppPorts', '80'],
      ['ProxyEgressPort', '15001'],
      ['IgnoredUID', '1337'],
    ),
    'the same container and host port in the network mode host': {
      ...ec2Definition,
      networkMode: 'host',
      containerDefinitions: [{ ...appContainer, memory: 64, portMappings: [{ containerPort: 80, hostPort: 80 }] }],
    },
    'a FireLens log router': {
      ...fargateDefinition,
      containerDefinitions: [
        { ...appContainer, logConfiguration: { logDriver: 'awsfirelens' } },
        { ...appContainer, name: 'r', firelensConfiguration: { type: 'fluentbit' } },
      ],
    },
  }
  for (const [label, input] of Object.entries(legal))
    await assert.doesNotReject(sendAction(ecs, 'RegisterTaskDefinition', input), label)
})

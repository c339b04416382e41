import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  allOptions,
  app,
  awslogs,
  container,
  ec2,
  efs,
  fargate,
  proxy,
  role,
  windows,
} from '../../testing/definition-inputs.ts'
import { account, openedAws } from '../../testing/opened-aws.ts'
import { client, type Rejection, send, testRejections } from '../../testing/rejections.ts'

/** Constraints that AWS documents without a message: the messages are the engine's own. */
const documented: Rejection[] = [
  client(
    'S3 Files without a task role',
    {
      ...fargate,
      volumes: [
        {
          name: 'v',
          s3filesVolumeConfiguration: { fileSystemArn: 'arn:aws:s3files:us-east-1:111122223333:file-system/fs-1' },
        },
      ],
    },
    'An S3 Files volume requires a task role.',
  ),
  client(
    'a volume of two kinds',
    { ...fargate, volumes: [{ name: 'v', host: {}, efsVolumeConfiguration: { fileSystemId: 'fs-12345678' } }] },
    'A volume can have only one of configuredAtLaunch, dockerVolumeConfiguration, efsVolumeConfiguration, s3filesVolumeConfiguration, fsxWindowsFileServerVolumeConfiguration, host.',
  ),
  client(
    'a system control of the host’s network',
    {
      ...ec2,
      networkMode: 'host',
      containerDefinitions: [{ ...app, memory: 64, systemControls: [{ namespace: 'net.core.somaxconn', value: '1' }] }],
    },
    'The system control net.core.somaxconn is not supported when networkMode=host.',
  ),
  client(
    'a digest that is none',
    container({ image: 'app@sha256:abc' }),
    'The digest of a container image must be sha256: and 64 hexadecimal digits.',
  ),
  client('too little memory', container({ memory: 3 }), "The 'memory' setting for container 'app' must be at least 4."),
  client(
    '51 exit codes',
    container({ restartPolicy: { enabled: true, ignoredExitCodes: Array.from({ length: 51 }, (_, i) => i) } }),
    'A restart policy can have at most 50 ignored exit codes.',
  ),
  client(
    'a health check too often',
    container({ healthCheck: { command: ['CMD', 'true'], interval: 4 } }),
    "Health check interval must be greater than or equal to the minimum allowed value 5 for container 'app'",
  ),
  client(
    'a health check without a command',
    container({ healthCheck: { command: [] } }),
    "The health check command of container 'app' must not be empty.",
  ),
  client(
    'links in host mode',
    { ...ec2, networkMode: 'host', containerDefinitions: [{ ...app, memory: 64, links: ['b'] }] },
    'Links are not supported when networkMode=host.',
  ),
  client(
    'two credential specs',
    container({ credentialSpecs: ['credentialspec:a', 'credentialspec:b'] }),
    'A container can have at most 1 credential spec.',
  ),
  client('a negative UID', container({ user: '-1' }), 'A UID or GID must be a positive integer.'),
  client(
    'a system control of the host',
    container({ systemControls: [{ namespace: 'vm.swappiness', value: '1' }] }),
    'The system control vm.swappiness is not namespaced.',
  ),
  client(
    'a device without a value',
    { ...ec2, containerDefinitions: [{ ...app, memory: 64, resourceRequirements: [{ type: 'GPU' }] }] },
    'A resource requirement must have a value.',
  ),
  client(
    'linuxParameters on Windows',
    {
      ...windows,
      cpu: '1024',
      memory: '2048',
      containerDefinitions: [{ ...app, linuxParameters: { initProcessEnabled: true } }],
    },
    'linuxParameters is not supported for Windows containers.',
  ),
  client(
    'pidMode on Windows',
    { ...windows, cpu: '1024', memory: '2048', pidMode: 'task' },
    'pidMode is not supported for Windows containers.',
  ),
  client('a cpu above EC2’s', { ...ec2, cpu: '196609' }, 'The cpu of a task must be between 128 and 196608 CPU units.'),
  client(
    'eleven placement constraints',
    { ...ec2, placementConstraints: Array.from({ length: 11 }, () => ({ type: 'memberOf', expression: 'a' })) },
    'A task definition can have at most 10 placement constraints.',
  ),
  client(
    'a constraint without expression',
    { ...ec2, placementConstraints: [{ type: 'memberOf' }] },
    'A memberOf placement constraint must have an expression.',
  ),
  client(
    'a range in host mode',
    {
      ...ec2,
      networkMode: 'host',
      containerDefinitions: [{ ...app, memory: 64, portMappings: [{ containerPortRange: '80-90' }] }],
    },
    'Port ranges are not supported when networkMode=host.',
  ),
  client(
    '101 ranges',
    container({
      portMappings: Array.from({ length: 101 }, (_, i) => ({ containerPortRange: `${10 * i + 1}-${10 * i + 2}` })),
    }),
    'A container can have at most 100 port ranges.',
  ),
  client(
    'ports without a network',
    {
      ...ec2,
      networkMode: 'none',
      containerDefinitions: [{ ...app, memory: 64, portMappings: [{ containerPort: 80 }] }],
    },
    'Port mappings are not supported when networkMode=none.',
  ),
  client(
    'a port name with capitals',
    container({ portMappings: [{ containerPort: 80, name: 'Http' }] }),
    'The port mapping name Http is invalid: up to 64 lowercase letters, numbers, underscores and hyphens, not a hyphen first.',
  ),
  client(
    'both ways of multiline logs',
    awslogs({ ...allOptions, 'awslogs-datetime-format': '%Y', 'awslogs-multiline-pattern': 'x' }),
    'Log driver awslogs does not support both awslogs-datetime-format and awslogs-multiline-pattern.',
  ),
  client(
    'an unknown mode of logs',
    awslogs({ ...allOptions, mode: 'fast' }),
    "Log driver awslogs option 'mode' should be one of [blocking,non-blocking]",
  ),
  client(
    'an unknown log driver on EC2',
    { ...ec2, containerDefinitions: [{ ...app, memory: 64, logConfiguration: { logDriver: 'none' } }] },
    'none is not a valid log driver. Must be one of [awsfirelens,awslogs,fluentd,gelf,journald,json-file,splunk,syslog]',
  ),
  client(
    'an environment file of another kind',
    container({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/a.txt' }] }),
    'An environment file must have a .env file extension.',
  ),
  client(
    'an access point without encryption',
    efs({ authorizationConfig: { accessPointId: 'fsap-1' } }),
    'An EFS access point requires TransitEncryption to be enabled.',
  ),
  client(
    'an S3 Files access point with a root',
    {
      ...fargate,
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
  client(
    'an EFS volume without a name',
    { ...fargate, volumes: [{ efsVolumeConfiguration: { fileSystemId: 'fs-12345678' } }] },
    'Volume.name should not be null or empty.',
  ),
  client(
    'two launch-time volumes',
    {
      ...container({ mountPoints: [{ sourceVolume: 'a' }, { sourceVolume: 'b' }] }),
      volumes: ['a', 'b'].map((name) => ({ name, configuredAtLaunch: true })),
    },
    'A task definition can have at most 1 volume that is configured at launch.',
  ),
  client(
    'volumes from a missing container',
    container({ volumesFrom: [{ sourceContainer: 'b' }] }),
    "Unknown container 'b'.",
  ),
  client(
    'volumes from the container itself',
    container({ volumesFrom: [{ sourceContainer: 'app' }] }),
    "Unknown container 'app'.",
  ),
  client(
    'a proxy without its egress port',
    proxy(['ProxyIngressPort', '15000'], ['AppPorts', '80']),
    'Egress port not found',
  ),
  client(
    'a proxy without an exempt user or group',
    proxy(['ProxyIngressPort', '15000'], ['AppPorts', '80'], ['ProxyEgressPort', '15001']),
    'IgnoredUID or IgnoredGID not found',
  ),
]

testRejections(
  'RegisterTaskDefinition rejects definitions that the API Reference excludes',
  'RegisterTaskDefinition',
  documented,
)

test('RegisterTaskDefinition accepts valid definitions close to a limit', async (t) => {
  const { ecs } = await openedAws(t)
  const legal: Record<string, object> = {
    'a port by tcp and by udp': container({
      portMappings: [{ containerPort: 53 }, { containerPort: 53, protocol: 'udp' }],
    }),
    'ranges side by side': container({
      portMappings: [{ containerPortRange: '80-90' }, { containerPortRange: '91-99' }, { containerPort: 100 }],
    }),
    'EFS with IAM': efs(
      { transitEncryption: 'ENABLED', authorizationConfig: { iam: 'ENABLED' } },
      { taskRoleArn: role },
    ),
    'an access point': efs({
      transitEncryption: 'ENABLED',
      rootDirectory: '/',
      authorizationConfig: { accessPointId: 'fsap-1' },
    }),
    // As in the templates of the AWS Distro for OpenTelemetry (aws/aws-cdk#34389).
    'a health check by its command alone': container({
      healthCheck: { command: ['/healthcheck'], interval: 5, timeout: 6 },
    }),
    'a Docker volume that is made for one task': {
      ...ec2,
      volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task', autoprovision: true } }],
    },
    'memory for files': container({
      linuxParameters: { tmpfs: [{ containerPath: '/scratch', size: 64, mountOptions: ['rw', 'noexec'] }] },
    }),
    'a long digest': container({ image: `${'i'.repeat(255)}@sha256:${'a'.repeat(64)}` }),
    'a registry with a port': container({ image: 'localhost:5000/team/app_1.x:v1.0-rc' }),
    'a role by name': {
      ...fargate,
      taskRoleArn: 'service/app',
      executionRoleArn: `arn:aws:iam::${account}:role/service/app`,
    },
    'Windows at its sizes': { ...windows, cpu: '1024', memory: '2048' },
    'all awslogs options': awslogs({
      ...allOptions,
      mode: 'non-blocking',
      'max-buffer-size': '25m',
      'awslogs-create-group': 'true',
    }),
    'its own parameter': container(
      { secrets: [{ name: 'A', valueFrom: `arn:aws:ssm:us-east-1:${account}:parameter/a` }] },
      { executionRoleArn: role },
    ),
    'a proxy': proxy(
      ['ProxyIngressPort', '15000'],
      ['AppPorts', '80'],
      ['ProxyEgressPort', '15001'],
      ['IgnoredUID', '1337'],
    ),
    'host mode with the same port': {
      ...ec2,
      networkMode: 'host',
      containerDefinitions: [{ ...app, memory: 64, portMappings: [{ containerPort: 80, hostPort: 80 }] }],
    },
    'a router': {
      ...fargate,
      containerDefinitions: [
        { ...app, logConfiguration: { logDriver: 'awsfirelens' } },
        { ...app, name: 'r', firelensConfiguration: { type: 'fluentbit' } },
      ],
    },
  }
  for (const [label, input] of Object.entries(legal))
    await assert.doesNotReject(send(ecs, 'RegisterTaskDefinition', input), label)
})

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
import { account } from '../../testing/opened-aws.ts'
import { client, invalid, type Rejection, testRejections } from '../../testing/rejections.ts'

const noSize = (cpu: number, memory: number) =>
  `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`
const twice = (port: number, protocol = 'TCP') =>
  `${protocol} container port '${port}' is used multiple times in task when networkMode=awsvpc.`
const bothPorts = "Invalid port mapping for container 'app', cannot specify both single port and port range."
const noPort = "Invalid 'containerPort' setting for container 'app'."
const badRange = "Invalid 'containerPortRange' setting for container 'app'."
const badImage = 'Container.image contains invalid characters.'

/** Messages recorded from AWS. */
const recorded: Rejection[] = [
  client('no container', { ...fargate, containerDefinitions: [] }, 'Container list cannot be empty'),
  client('containers absent', { family: 'f' }, 'Container list cannot be empty'),
  client(
    'eleven containers',
    { ...fargate, containerDefinitions: Array.from({ length: 11 }, (_, i) => ({ name: `c${i}`, image: 'i' })) },
    'Too many containers.',
  ),
  client(
    'awsfirelens without a router',
    container({ logConfiguration: { logDriver: 'awsfirelens' } }),
    'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
  ),
  client(
    'an unused router',
    container({ firelensConfiguration: { type: 'fluentbit' } }),
    'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
  ),
  client(
    'a FireLens file that is no ARN',
    container({
      logConfiguration: { logDriver: 'awsfirelens' },
      firelensConfiguration: { type: 'fluentbit', options: { 'config-file-type': 's3', 'config-file-value': 'x' } },
    }),
    'Invalid arn syntax.',
  ),
  client(
    'an EFS access point with a root directory',
    efs({ transitEncryption: 'ENABLED', rootDirectory: '/x', authorizationConfig: { accessPointId: 'fsap-1' } }),
    'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
  ),
  client(
    'EFS IAM without encryption, before the task role',
    efs({ authorizationConfig: { iam: 'ENABLED' } }),
    'EFS IAM authorization requires TransitEncryption to be enabled.',
  ),
  client(
    'EFS IAM without a task role',
    efs({ transitEncryption: 'ENABLED', authorizationConfig: { iam: 'ENABLED' } }),
    'EFS IAM authorization requires a task role.',
  ),
  client(
    'an EFS port without encryption',
    efs({ transitEncryptionPort: 2049 }),
    'TransitEncryptionPort requires that TransitEncryption is enabled.',
  ),
  client(
    'eleven environment files',
    container({
      environmentFiles: Array.from({ length: 11 }, (_, i) => ({ type: 's3', value: `arn:aws:s3:::b/${i}.env` })),
    }),
    'The maximum number of environment files was exceeded. Specify ten or less and try again.',
  ),
  client(
    'an environment file that is no ARN',
    container({ environmentFiles: [{ type: 's3', value: 's3://b/a.env' }] }),
    'Invalid arn syntax.',
  ),
  client('Windows at 512/2048', { ...windows, cpu: '512', memory: '2048' }, noSize(512, 2048)),
  client('Windows at 256/512', windows, noSize(256, 512)),
  client('Windows at 8192', { ...windows, cpu: '8192', memory: '16384' }, noSize(8192, 16384)),
  client('Windows at 16384', { ...windows, cpu: '16384', memory: '32768' }, noSize(16384, 32768)),
  client(
    'overlapping ranges',
    container({ portMappings: [{ containerPortRange: '8080-8090' }, { containerPortRange: '8085-8095' }] }),
    twice(8085),
  ),
  client(
    'a range over a port',
    container({
      portMappings: [
        { containerPort: 8085, protocol: 'udp' },
        { containerPortRange: '8080-8090', protocol: 'udp' },
      ],
    }),
    twice(8085, 'UDP'),
  ),
  client('one port twice', container({ portMappings: [{ containerPort: 80 }, { containerPort: 80 }] }), twice(80)),
  client(
    'one port in two containers',
    {
      ...fargate,
      containerDefinitions: [app, { ...app, name: 'b' }].map((one) => ({
        ...one,
        portMappings: [{ containerPort: 80 }],
      })),
    },
    twice(80),
  ),
  client(
    'a range with a host port',
    container({ portMappings: [{ containerPortRange: '80-90', hostPort: 80 }] }),
    bothPorts,
  ),
  client(
    'a range with a port',
    container({ portMappings: [{ containerPortRange: '80-90', containerPort: 80 }] }),
    bothPorts,
  ),
  client('a reversed range', container({ portMappings: [{ containerPortRange: '90-80' }] }), badRange),
  client('no port', container({ portMappings: [{}] }), noPort),
  client('port 0', container({ portMappings: [{ containerPort: 0 }] }), noPort),
  client(
    'host mode with another host port',
    {
      ...ec2,
      networkMode: 'host',
      containerDefinitions: [{ ...app, memory: 64, portMappings: [{ containerPort: 80, hostPort: 81 }] }],
    },
    'When networkMode=host, the host ports and container ports in port mappings must match.',
  ),
  client(
    'a proxy that is no container',
    { ...fargate, proxyConfiguration: { containerName: 'envoy', properties: [] } },
    'Proxy container [envoy] does not exist.',
  ),
  client('a proxy without its ingress port', proxy(['IgnoredUID', '1337']), 'Ingress port not found'),
  client('a proxy without the app’s ports', proxy(['ProxyIngressPort', '15000']), 'App ports not found'),
  client(
    'a proxy in bridge mode',
    { ...ec2, networkMode: 'bridge', proxyConfiguration: { containerName: 'app' } },
    'APPMESH proxy configuration is only supported in networkMode=awsvpc',
  ),
  client(
    'a Docker volume of one task that is not made for it',
    { ...ec2, volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task', autoprovision: false } }] },
    "When 'scope' parameter is 'task', 'autoprovision' must either not be specified or set to 'True'.",
  ),
  client(
    'a volume’s name with a dot',
    { ...fargate, volumes: [{ name: 'data.v1' }] },
    'volume.name contains invalid characters.',
  ),
  client(
    'a launch-time volume that is not mounted',
    { ...fargate, volumes: [{ name: 'v', configuredAtLaunch: true }] },
    'Volumes [v] are not referenced by any of the containers',
  ),
  client('a hostname', container({ hostname: 'h' }), 'hostname is not supported on container when networkMode=awsvpc.'),
  client(
    'a hostname, not on Fargate',
    { ...ec2, networkMode: 'awsvpc', containerDefinitions: [{ ...app, memory: 64, hostname: 'h' }] },
    'hostname is not supported on container when networkMode=awsvpc.',
  ),
  client(
    'extra hosts',
    container({ extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] }),
    'Extra hosts are not supported on container when networkMode=awsvpc.',
  ),
  client(
    'no memory anywhere, before Fargate’s demands',
    { ...fargate, cpu: undefined, memory: undefined },
    "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ),
  client(
    'no task cpu, where the container has a memory',
    container({ memory: 64 }, { cpu: undefined, memory: undefined }),
    "Fargate requires that 'cpu' be defined at the task level.",
  ),
  client(
    'a GPU',
    container({ resourceRequirements: [{ type: 'GPU', value: '1' }] }),
    'Tasks using the Fargate launch type do not support GPU resource requirements.',
  ),
  client(
    'an inference accelerator, whatever the launch type',
    { ...ec2, inferenceAccelerators: [{ deviceName: 'd', deviceType: 't' }] },
    "Unsupported field 'inferenceAccelerators'.",
  ),
  client(
    'another account’s parameter, before the execution role',
    container({ secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:999999999999:parameter/a' }] }),
    `The Systems Manager parameter ARN has a different account ID than the current account. The current account ID is ${account} and the ARN account ID is 999999999999. Cross-account access for ARNs is not currently supported.`,
  ),
  client(
    'another account’s parameter, with the role',
    container(
      { secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:999999999999:parameter/a' }] },
      { executionRoleArn: role },
    ),
    `The Systems Manager parameter ARN has a different account ID than the current account. The current account ID is ${account} and the ARN account ID is 999999999999. Cross-account access for ARNs is not currently supported.`,
  ),
  client(
    'secrets without an execution role',
    container({ secrets: [{ name: 'A', valueFrom: 'a' }] }),
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
  ),
  client(
    'ephemeral storage on EC2',
    { ...ec2, requiresCompatibilities: ['EC2'], ephemeralStorage: { sizeInGiB: 30 } },
    'Tasks using the EC2 launch type do not support EphemeralStorage.',
  ),
  client(
    'awslogs without Region and group',
    awslogs({}),
    'Log driver awslogs requires options: awslogs-region, awslogs-group',
  ),
  client(
    'awslogs without a Region',
    awslogs({ 'awslogs-group': 'g' }),
    'Log driver awslogs requires options: awslogs-region',
  ),
  client(
    'awslogs without a group',
    awslogs({ 'awslogs-region': 'us-east-1' }),
    'Log driver awslogs requires options: awslogs-group',
  ),
  client(
    'an option that awslogs lacks',
    awslogs({ ...allOptions, log_key: 'log' }),
    'Log driver awslogs disallows options: log_key',
  ),
  client(
    'an option of Docker’s that ECS disallows',
    awslogs({ ...allOptions, 'awslogs-endpoint': 'http://x' }),
    'Log driver awslogs disallows options: awslogs-endpoint',
  ),
  client(
    'awslogs-create-group false',
    awslogs({ ...allOptions, 'awslogs-create-group': 'false' }),
    "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.",
  ),
  client('an empty role', { ...fargate, taskRoleArn: '' }, 'Role is not valid'),
  client(
    'a cluster for a role',
    { ...fargate, executionRoleArn: `arn:aws:ecs:us-east-1:${account}:cluster/c` },
    'Role is not valid',
  ),
  ...['nginx 1', 'nginx\n', '$IMAGE', `\${IMAGE}`].map((image) =>
    client(`the image ${JSON.stringify(image)}`, container({ image }), badImage),
  ),
  client(
    'an image of 256 characters',
    container({ image: 'i'.repeat(256) }),
    'Container.image should be 255 characters or less',
  ),
  client(
    'a name that is variable and secret',
    container(
      { environment: [{ name: 'A', value: '1' }], secrets: [{ name: 'A', valueFrom: 'a' }] },
      { executionRoleArn: role },
    ),
    "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
  ),
  client(
    'a secret twice',
    container({ secrets: ['a', 'b'].map((valueFrom) => ({ name: 'A', valueFrom })) }, { executionRoleArn: role }),
    'Duplicate secret names found: A. Each secret name must be unique.',
  ),
  client(
    'reservations above the task’s memory',
    { ...fargate, containerDefinitions: ['a', 'b'].map((name) => ({ ...app, name, memoryReservation: 300 })) },
    "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
  ),
  invalid(
    'a wrong cpu, before the essential container',
    { ...container({ essential: false }), cpu: 'bad' },
    "Invalid 'cpu' setting for task.",
  ),
  invalid(
    'a wrong cpu in bridge mode',
    { ...container({ essential: false }), networkMode: 'bridge', cpu: 'bad' },
    "Invalid 'cpu' setting for task.",
  ),
  client(
    'no essential container, before the network mode',
    { ...container({ essential: false }), networkMode: 'bridge' },
    "Task definition doesn't have any essential container.",
  ),
  client(
    'an unknown architecture',
    { ...fargate, runtimePlatform: { cpuArchitecture: 'BOGUS' } },
    'Invalid CPU architecture',
  ),
  client(
    'an unknown operating system',
    { ...fargate, runtimePlatform: { operatingSystemFamily: 'BOGUS' } },
    'Tasks using the Fargate launch type are not supported on operating system family BOGUS',
  ),
]

testRejections('RegisterTaskDefinition rejects with the messages recorded from ECS', 'RegisterTaskDefinition', recorded)

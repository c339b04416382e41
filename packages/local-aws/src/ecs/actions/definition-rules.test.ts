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
import { clientException, invalidParameter, type Rejection, testRejections } from '../../testing/rejections.ts'
import { accountNumber } from '../../testing/test-engine.ts'

const noSizeMessage = (cpu: number, memory: number) =>
  `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`
const portTwiceMessage = (port: number, protocol = 'TCP') =>
  `${protocol} container port '${port}' is used multiple times in task when networkMode=awsvpc.`
const bothPortsMessage = "Invalid port mapping for container 'app', cannot specify both single port and port range."
const containerPortMessage = "Invalid 'containerPort' setting for container 'app'."
const portRangeMessage = "Invalid 'containerPortRange' setting for container 'app'."
const imageMessage = 'Container.image contains invalid characters.'

/** Messages recorded from AWS. */
const recorded: Rejection[] = [
  clientException(
    'an empty list of containers',
    { ...fargateDefinition, containerDefinitions: [] },
    'Container list cannot be empty',
  ),
  clientException('no list of containers', { family: 'f' }, 'Container list cannot be empty'),
  clientException(
    'eleven containers',
    {
      ...fargateDefinition,
      containerDefinitions: Array.from({ length: 11 }, (_, i) => ({ name: `c${i}`, image: 'i' })),
    },
    'Too many containers.',
  ),
  clientException(
    'the log driver awsfirelens without a FireLens log router',
    definitionWithContainer({ logConfiguration: { logDriver: 'awsfirelens' } }),
    'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
  ),
  clientException(
    'a FireLens log router that no container uses',
    definitionWithContainer({ firelensConfiguration: { type: 'fluentbit' } }),
    'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
  ),
  clientException(
    'a FireLens file that is no ARN',
    definitionWithContainer({
      logConfiguration: { logDriver: 'awsfirelens' },
      firelensConfiguration: { type: 'fluentbit', options: { 'config-file-type': 's3', 'config-file-value': 'x' } },
    }),
    'Invalid arn syntax.',
  ),
  clientException(
    'an EFS access point with a root directory',
    definitionWithEfs({
      transitEncryption: 'ENABLED',
      rootDirectory: '/x',
      authorizationConfig: { accessPointId: 'fsap-1' },
    }),
    'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
  ),
  clientException(
    'EFS IAM without encryption and without a task role: the encryption is reported',
    definitionWithEfs({ authorizationConfig: { iam: 'ENABLED' } }),
    'EFS IAM authorization requires TransitEncryption to be enabled.',
  ),
  clientException(
    'EFS IAM without a task role',
    definitionWithEfs({ transitEncryption: 'ENABLED', authorizationConfig: { iam: 'ENABLED' } }),
    'EFS IAM authorization requires a task role.',
  ),
  clientException(
    'an EFS port without encryption',
    definitionWithEfs({ transitEncryptionPort: 2049 }),
    'TransitEncryptionPort requires that TransitEncryption is enabled.',
  ),
  clientException(
    'eleven environment files',
    definitionWithContainer({
      environmentFiles: Array.from({ length: 11 }, (_, i) => ({ type: 's3', value: `arn:aws:s3:::b/${i}.env` })),
    }),
    'The maximum number of environment files was exceeded. Specify ten or less and try again.',
  ),
  clientException(
    'an environment file that is no ARN',
    definitionWithContainer({ environmentFiles: [{ type: 's3', value: 's3://b/a.env' }] }),
    'Invalid arn syntax.',
  ),
  clientException(
    'Windows at 512/2048',
    { ...windowsDefinition, cpu: '512', memory: '2048' },
    noSizeMessage(512, 2048),
  ),
  clientException('Windows at 256/512', windowsDefinition, noSizeMessage(256, 512)),
  clientException(
    'Windows at 8192',
    { ...windowsDefinition, cpu: '8192', memory: '16384' },
    noSizeMessage(8192, 16384),
  ),
  clientException(
    'Windows at 16384',
    { ...windowsDefinition, cpu: '16384', memory: '32768' },
    noSizeMessage(16384, 32768),
  ),
  clientException(
    'overlapping port ranges',
    definitionWithContainer({
      portMappings: [{ containerPortRange: '8080-8090' }, { containerPortRange: '8085-8095' }],
    }),
    portTwiceMessage(8085),
  ),
  clientException(
    'a port range that contains another container port',
    definitionWithContainer({
      portMappings: [
        { containerPort: 8085, protocol: 'udp' },
        { containerPortRange: '8080-8090', protocol: 'udp' },
      ],
    }),
    portTwiceMessage(8085, 'UDP'),
  ),
  clientException(
    'one port twice',
    definitionWithContainer({ portMappings: [{ containerPort: 80 }, { containerPort: 80 }] }),
    portTwiceMessage(80),
  ),
  clientException(
    'one port in two containers',
    {
      ...fargateDefinition,
      containerDefinitions: [appContainer, { ...appContainer, name: 'b' }].map((one) => ({
        ...one,
        portMappings: [{ containerPort: 80 }],
      })),
    },
    portTwiceMessage(80),
  ),
  clientException(
    'a port range with a host port',
    definitionWithContainer({ portMappings: [{ containerPortRange: '80-90', hostPort: 80 }] }),
    bothPortsMessage,
  ),
  clientException(
    'a port range with a container port',
    definitionWithContainer({ portMappings: [{ containerPortRange: '80-90', containerPort: 80 }] }),
    bothPortsMessage,
  ),
  clientException(
    'a port range whose first port is the higher one',
    definitionWithContainer({ portMappings: [{ containerPortRange: '90-80' }] }),
    portRangeMessage,
  ),
  clientException('no port', definitionWithContainer({ portMappings: [{}] }), containerPortMessage),
  clientException('port 0', definitionWithContainer({ portMappings: [{ containerPort: 0 }] }), containerPortMessage),
  clientException(
    'different host and container ports in the network mode host',
    {
      ...ec2Definition,
      networkMode: 'host',
      containerDefinitions: [{ ...appContainer, memory: 64, portMappings: [{ containerPort: 80, hostPort: 81 }] }],
    },
    'When networkMode=host, the host ports and container ports in port mappings must match.',
  ),
  clientException(
    'a proxy container that does not exist',
    { ...fargateDefinition, proxyConfiguration: { containerName: 'envoy', properties: [] } },
    'Proxy container [envoy] does not exist.',
  ),
  clientException(
    'a proxy without its ingress port',
    definitionWithProxy(['IgnoredUID', '1337']),
    'Ingress port not found',
  ),
  clientException(
    'a proxy without the app’s ports',
    definitionWithProxy(['ProxyIngressPort', '15000']),
    'App ports not found',
  ),
  clientException(
    'a proxy in the network mode bridge',
    { ...ec2Definition, networkMode: 'bridge', proxyConfiguration: { containerName: 'app' } },
    'APPMESH proxy configuration is only supported in networkMode=awsvpc',
  ),
  clientException(
    'a Docker volume with the scope task and autoprovision false',
    { ...ec2Definition, volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task', autoprovision: false } }] },
    "When 'scope' parameter is 'task', 'autoprovision' must either not be specified or set to 'True'.",
  ),
  clientException(
    'a volume’s name with a dot',
    { ...fargateDefinition, volumes: [{ name: 'data.v1' }] },
    'volume.name contains invalid characters.',
  ),
  clientException(
    'a volume that is configured at launch and that no container mounts',
    { ...fargateDefinition, volumes: [{ name: 'v', configuredAtLaunch: true }] },
    'Volumes [v] are not referenced by any of the containers',
  ),
  clientException(
    'a hostname',
    definitionWithContainer({ hostname: 'h' }),
    'hostname is not supported on container when networkMode=awsvpc.',
  ),
  clientException(
    'a hostname in the network mode awsvpc on EC2',
    { ...ec2Definition, networkMode: 'awsvpc', containerDefinitions: [{ ...appContainer, memory: 64, hostname: 'h' }] },
    'hostname is not supported on container when networkMode=awsvpc.',
  ),
  clientException(
    'extra hosts',
    definitionWithContainer({ extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] }),
    'Extra hosts are not supported on container when networkMode=awsvpc.',
  ),
  clientException(
    'no size of the task and no memory of its container: the memory is reported',
    { ...fargateDefinition, cpu: undefined, memory: undefined },
    "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ),
  clientException(
    'no cpu of the task, but a memory of the container',
    definitionWithContainer({ memory: 64 }, { cpu: undefined, memory: undefined }),
    "Fargate requires that 'cpu' be defined at the task level.",
  ),
  clientException(
    'a GPU on Fargate',
    definitionWithContainer({ resourceRequirements: [{ type: 'GPU', value: '1' }] }),
    'Tasks using the Fargate launch type do not support GPU resource requirements.',
  ),
  clientException(
    'an inference accelerator with any launch type',
    { ...ec2Definition, inferenceAccelerators: [{ deviceName: 'd', deviceType: 't' }] },
    "Unsupported field 'inferenceAccelerators'.",
  ),
  clientException(
    'another account’s parameter without an execution role: the parameter is reported',
    definitionWithContainer({ secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:999999999999:parameter/a' }] }),
    `The Systems Manager parameter ARN has a different account ID than the current account. The current account ID is ${accountNumber} and the ARN account ID is 999999999999. Cross-account access for ARNs is not currently supported.`,
  ),
  clientException(
    'another account’s parameter with an execution role',
    definitionWithContainer(
      { secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:999999999999:parameter/a' }] },
      { executionRoleArn: roleArn },
    ),
    `The Systems Manager parameter ARN has a different account ID than the current account. The current account ID is ${accountNumber} and the ARN account ID is 999999999999. Cross-account access for ARNs is not currently supported.`,
  ),
  clientException(
    'secrets without an execution role',
    definitionWithContainer({ secrets: [{ name: 'A', valueFrom: 'a' }] }),
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
  ),
  clientException(
    'ephemeral storage on EC2',
    { ...ec2Definition, requiresCompatibilities: ['EC2'], ephemeralStorage: { sizeInGiB: 30 } },
    'Tasks using the EC2 launch type do not support EphemeralStorage.',
  ),
  clientException(
    'awslogs without Region and group',
    definitionWithAwslogs({}),
    'Log driver awslogs requires options: awslogs-region, awslogs-group',
  ),
  clientException(
    'awslogs without a Region',
    definitionWithAwslogs({ 'awslogs-group': 'g' }),
    'Log driver awslogs requires options: awslogs-region',
  ),
  clientException(
    'awslogs without a group',
    definitionWithAwslogs({ 'awslogs-region': 'us-east-1' }),
    'Log driver awslogs requires options: awslogs-group',
  ),
  clientException(
    'an unknown option of awslogs',
    definitionWithAwslogs({ ...awslogsOptions, log_key: 'log' }),
    'Log driver awslogs disallows options: log_key',
  ),
  clientException(
    'an awslogs option that Docker has and ECS disallows',
    definitionWithAwslogs({ ...awslogsOptions, 'awslogs-endpoint': 'http://x' }),
    'Log driver awslogs disallows options: awslogs-endpoint',
  ),
  clientException(
    'awslogs-create-group false',
    definitionWithAwslogs({ ...awslogsOptions, 'awslogs-create-group': 'false' }),
    "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.",
  ),
  clientException('an empty role', { ...fargateDefinition, taskRoleArn: '' }, 'Role is not valid'),
  clientException(
    'the ARN of a cluster as the task role',
    { ...fargateDefinition, executionRoleArn: `arn:aws:ecs:us-east-1:${accountNumber}:cluster/c` },
    'Role is not valid',
  ),
  ...['nginx 1', 'nginx\n', '$IMAGE', `\${IMAGE}`].map((image) =>
    clientException(`the image ${JSON.stringify(image)}`, definitionWithContainer({ image }), imageMessage),
  ),
  clientException(
    'an image of 256 characters',
    definitionWithContainer({ image: 'i'.repeat(256) }),
    'Container.image should be 255 characters or less',
  ),
  clientException(
    'an environment variable and a secret with the same name',
    definitionWithContainer(
      { environment: [{ name: 'A', value: '1' }], secrets: [{ name: 'A', valueFrom: 'a' }] },
      { executionRoleArn: roleArn },
    ),
    "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
  ),
  clientException(
    'two secrets with the same name',
    definitionWithContainer(
      { secrets: ['a', 'b'].map((valueFrom) => ({ name: 'A', valueFrom })) },
      { executionRoleArn: roleArn },
    ),
    'Duplicate secret names found: A. Each secret name must be unique.',
  ),
  clientException(
    'reservations above the task’s memory',
    {
      ...fargateDefinition,
      containerDefinitions: ['a', 'b'].map((name) => ({ ...appContainer, name, memoryReservation: 300 })),
    },
    "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
  ),
  invalidParameter(
    'a wrong cpu and no essential container: the cpu is reported',
    { ...definitionWithContainer({ essential: false }), cpu: 'bad' },
    "Invalid 'cpu' setting for task.",
  ),
  invalidParameter(
    'a wrong cpu and a wrong network mode: the cpu is reported',
    { ...definitionWithContainer({ essential: false }), networkMode: 'bridge', cpu: 'bad' },
    "Invalid 'cpu' setting for task.",
  ),
  clientException(
    'no essential container and a wrong network mode: the container is reported',
    { ...definitionWithContainer({ essential: false }), networkMode: 'bridge' },
    "Task definition doesn't have any essential container.",
  ),
  clientException(
    'an unknown architecture',
    { ...fargateDefinition, runtimePlatform: { cpuArchitecture: 'BOGUS' } },
    'Invalid CPU architecture',
  ),
  clientException(
    'an unknown operating system',
    { ...fargateDefinition, runtimePlatform: { operatingSystemFamily: 'BOGUS' } },
    'Tasks using the Fargate launch type are not supported on operating system family BOGUS',
  ),
]

testRejections('RegisterTaskDefinition rejects with the messages recorded from ECS', 'RegisterTaskDefinition', recorded)

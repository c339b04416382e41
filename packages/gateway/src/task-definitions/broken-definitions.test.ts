import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbitraryTaskDefinition } from '../testing/arbitrary-definition.ts'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()
const account = await newAccount()

type Container = Record<string, unknown>
type Definition = Record<string, unknown> & { containerDefinitions: [Container, ...Container[]] }

/** One way to break a definition against ECS's documentation, with the place of the expected error. */
interface Breakage {
  name: string
  /** Returns the definition with the fault. */
  broken: (definition: Definition) => Record<string, unknown>
  /**
   * The JSON pointer of the expected error; for a place that depends on the definition, words that `pointerOf` knows.
   */
  pointer: string
}

const inFirstContainer = (
  name: string,
  pointer: string,
  more: Container | ((first: Container) => Container),
): Breakage => ({
  name,
  broken: (definition) => {
    const [first, ...others] = definition.containerDefinitions
    const change = typeof more === 'function' ? more(first) : more
    return { ...definition, containerDefinitions: [{ ...first, ...change }, ...others] }
  },
  pointer: `/containerDefinitions/0${pointer}`,
})
const inDefinition = (name: string, pointer: string, more: Record<string, unknown>): Breakage => ({
  name,
  broken: (definition) => ({ ...definition, ...more }),
  pointer,
})
const withItem = (list: unknown, item: object) => [...((list as object[] | undefined) ?? []), item]
const lengthOf = (list: unknown) => ((list as object[] | undefined) ?? []).length

/** Faults that the gateway finds by itself, and faults that only AWS finds: the client gets the same pointer. */
const breakages: Breakage[] = [
  inFirstContainer('no image', '/image', { image: '' }),
  inFirstContainer('an image with an unexpanded variable', '/image', { image: `web:$TAG` }),
  inFirstContainer('an image of 256 characters', '/image', { image: 'i'.repeat(256) }),
  inFirstContainer('a digest that is none', '/image', { image: 'web@sha256:abc' }),
  inFirstContainer('privileged', '/privileged', { privileged: true }),
  inFirstContainer('links', '/links', { links: ['db'] }),
  inFirstContainer('a hostname', '/hostname', { hostname: 'web' }),
  inFirstContainer('DNS servers', '/dnsServers', { dnsServers: ['10.0.0.2'] }),
  inFirstContainer('a capability', '/linuxParameters/capabilities/add/0', {
    linuxParameters: { capabilities: { add: ['NET_ADMIN'] } },
  }),
  inFirstContainer('shared memory', '/linuxParameters/sharedMemorySize', { linuxParameters: { sharedMemorySize: 64 } }),
  inFirstContainer('a stop timeout of one second', '/stopTimeout', { stopTimeout: 1 }),
  inFirstContainer('a stop timeout above two minutes', '/stopTimeout', { stopTimeout: 121 }),
  inFirstContainer('a health check too seldom', '/healthCheck/interval', {
    healthCheck: { command: ['CMD', 'true'], interval: 301 },
  }),
  inFirstContainer('a health check too often', '/healthCheck/interval', {
    healthCheck: { command: ['CMD', 'true'], interval: 4 },
  }),
  inFirstContainer('a health check without a command', '/healthCheck/command', { healthCheck: { command: [] } }),
  inFirstContainer('a restart period too short', '/restartPolicy/restartAttemptPeriod', {
    restartPolicy: { enabled: true, restartAttemptPeriod: 59 },
  }),
  inFirstContainer('a dependency on nobody', '/dependsOn/0/containerName', {
    dependsOn: [{ containerName: 'no one', condition: 'START' }],
  }),
  inFirstContainer('a volume that is not there', '/mountPoints/0/sourceVolume', {
    mountPoints: [{ sourceVolume: 'no such', containerPath: '/x' }],
  }),
  inFirstContainer('volumes from nobody', '/volumesFrom/0/sourceContainer', {
    volumesFrom: [{ sourceContainer: 'no one' }],
  }),
  inFirstContainer('a port that is none', '/portMappings/0/containerPort', {
    portMappings: [{ containerPort: 65_536 }],
  }),
  inFirstContainer('another host port', '/portMappings/0/hostPort', {
    portMappings: [{ containerPort: 7, hostPort: 8 }],
  }),
  inFirstContainer('a port and a range', '/portMappings/0/containerPort', {
    portMappings: [{ containerPort: 7, containerPortRange: '7-8' }],
  }),
  inFirstContainer('a reversed range', '/portMappings/0/containerPortRange', {
    portMappings: [{ containerPortRange: '8-7' }],
  }),
  inFirstContainer('a port twice', '/portMappings/1/containerPort', {
    portMappings: [{ containerPort: 7 }, { containerPort: 7 }],
  }),
  inFirstContainer('ranges that overlap', '/portMappings/1/containerPortRange', {
    portMappings: [{ containerPortRange: '7-9' }, { containerPortRange: '8-10' }],
  }),
  inFirstContainer('a log driver that Fargate lacks', '/logConfiguration/logDriver', {
    logConfiguration: { logDriver: 'json-file' },
  }),
  inFirstContainer('awslogs without its options', '/logConfiguration/options', {
    logConfiguration: { logDriver: 'awslogs', options: {} },
  }),
  inFirstContainer('an option that awslogs lacks', '/logConfiguration/options/tag', {
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p', tag: 'x' },
    },
  }),
  inFirstContainer('an environment file that is no ARN', '/environmentFiles/0/value', {
    environmentFiles: [{ type: 's3', value: 'app.env' }],
  }),
  inFirstContainer('a variable that is a secret', '/secrets/0', {
    environment: [{ name: 'A', value: '1' }],
    secrets: [{ name: 'A', valueFrom: 'a' }],
  }),
  inFirstContainer('a GPU', '/resourceRequirements/0', { resourceRequirements: [{ type: 'GPU', value: '1' }] }),
  {
    name: 'a name twice',
    broken: (definition) => ({
      ...definition,
      containerDefinitions: [...definition.containerDefinitions, { ...definition.containerDefinitions[0] }],
    }),
    pointer: 'the last container’s name',
  },
  inDefinition('a family of no name', '/family', { family: 'a b' }),
  inDefinition('no container', '/containerDefinitions', { containerDefinitions: [] }),
  inDefinition('bridge mode', '/networkMode', { networkMode: 'bridge' }),
  inDefinition('a size that Fargate lacks', '/cpu', { cpu: '256', memory: '122880' }),
  inDefinition('an ipcMode', '/ipcMode', { ipcMode: 'task' }),
  inDefinition('the host’s processes', '/pidMode', { pidMode: 'host' }),
  inDefinition('a role that is none', '/taskRoleArn', { taskRoleArn: 'arn:aws:s3:::bucket' }),
  inDefinition('too much storage', '/ephemeralStorage/sizeInGiB', { ephemeralStorage: { sizeInGiB: 201 } }),
  inDefinition('an unknown architecture', '/runtimePlatform/cpuArchitecture', {
    runtimePlatform: { cpuArchitecture: 'VAX' },
  }),
  inDefinition('accelerators', '/inferenceAccelerators', {
    inferenceAccelerators: [{ deviceName: 'd', deviceType: 't' }],
  }),
  {
    name: 'EFS with IAM and without encryption',
    broken: (definition) => ({
      ...definition,
      volumes: withItem(definition.volumes, {
        name: 'efs-x',
        efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: { iam: 'ENABLED' } },
      }),
    }),
    pointer: 'the last volume’s transitEncryption',
  },
]

function pointerOf({ pointer }: Breakage, broken: Record<string, unknown>): string {
  if (pointer === 'the last container’s name')
    return `/containerDefinitions/${lengthOf(broken.containerDefinitions) - 1}/name`
  if (pointer === 'the last volume’s transitEncryption')
    return `/volumes/${lengthOf(broken.volumes) - 1}/efsVolumeConfiguration/transitEncryption`
  return pointer
}

test('a valid definition broken in one documented way is rejected with a pointer to that place', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryTaskDefinition.filter(({ containerDefinitions }) => lengthOf(containerDefinitions) > 0),
      fc.shuffledSubarray(breakages, { minLength: 6, maxLength: 6 }),
      async (definition, chosen) => {
        const made = await api.post(`/${account}/taskdefs`, definition)
        assert.equal(made.status, 201, made.text)
        for (const breakage of chosen) {
          const broken = breakage.broken(definition as Definition)
          const answer = await api.post(`/${account}/taskdefs`, broken)
          const pointers = answer.body.errors?.map(({ pointer }: { pointer: string }) => pointer) ?? []
          assert.equal(answer.status, 400, `${breakage.name}: ${answer.text}`)
          assert.ok(pointers.includes(pointerOf(breakage, broken)), `${breakage.name}: ${answer.text}`)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('every fault of the table is the only error of an otherwise valid definition', async () => {
  const smallest: Definition = {
    family: 'least',
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  }
  for (const breakage of breakages) {
    const broken = breakage.broken(smallest)
    const { status, body, text } = await api.post(`/${account}/taskdefs`, broken)
    const pointers = body.errors?.map(({ pointer }: { pointer: string }) => pointer)
    assert.deepEqual([status, pointers], [400, [pointerOf(breakage, broken)]], `${breakage.name}: ${text}`)
  }
})

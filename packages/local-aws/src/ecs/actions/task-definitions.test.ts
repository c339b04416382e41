import assert from 'node:assert/strict'
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { accountNumber, region } from '../../testing/test-engine.ts'

const web: RegisterTaskDefinitionRequest = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '.25 vCPU',
  memory: '0.5 GB',
  containerDefinitions: [{ name: 'web', image: 'nginx', portMappings: [{ containerPort: 80 }] }],
}
const definitionArnOf = (name: string) => `arn:aws:ecs:${region}:${accountNumber}:task-definition/${name}`
const register = (ecs: ECSClient, more: Partial<RegisterTaskDefinitionRequest> = {}) =>
  ecs.send(new RegisterTaskDefinitionCommand({ ...web, ...more }))
const describe = async (ecs: ECSClient, taskDefinition: string) =>
  (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition
const deregister = (ecs: ECSClient, taskDefinition: string) =>
  ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))

testInProcessAndOverTcp('a registered definition has all members that ECS adds', async (open) => {
  const clock = createManualClock()
  const { ecs } = await open({ clock })
  const tags = [{ key: 'team', value: 'a' }]
  const { taskDefinition, tags: returnedTags } = await register(ecs, { tags })
  assert.deepEqual(returnedTags, tags)
  assert.deepEqual(taskDefinition, {
    taskDefinitionArn: definitionArnOf('web:1'),
    family: 'web',
    revision: 1,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    compatibilities: ['EC2', 'MANAGED_INSTANCES', 'FARGATE'],
    cpu: '256',
    memory: '512',
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [
      { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' },
      { name: 'ecs.capability.task-eni' },
    ],
    registeredAt: new Date(clock.now()),
    registeredBy: `arn:aws:iam::${accountNumber}:root`,
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx',
        cpu: 0,
        essential: true,
        portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ],
  })
  const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] }))
  assert.deepEqual(described.taskDefinition, taskDefinition)
  assert.deepEqual(described.tags, tags)
  assert.deepEqual(
    (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: definitionArnOf('web:1') }))).tags,
    [],
  )
})

testInProcessAndOverTcp('required attributes are derived from the definition', async (open) => {
  const { ecs } = await open()
  const { taskDefinition } = await register(ecs, {
    executionRoleArn: `arn:aws:iam::${accountNumber}:role/x`,
    taskRoleArn: `arn:aws:iam::${accountNumber}:role/y`,
    containerDefinitions: [
      {
        name: 'web',
        image: `${accountNumber}.dkr.ecr.us-east-1.amazonaws.com/web@sha256:${'0'.repeat(64)}`,
        stopTimeout: 30,
        secrets: [{ name: 'A', valueFrom: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' },
        },
      },
    ],
  })
  const names = taskDefinition?.requiresAttributes?.map(({ name }) => name)
  for (const name of [
    'com.amazonaws.ecs.capability.ecr-auth',
    'com.amazonaws.ecs.capability.docker-remote-api.1.21',
    'com.amazonaws.ecs.capability.logging-driver.awslogs',
    'com.amazonaws.ecs.capability.task-iam-role',
    'ecs.capability.container-ordering',
    'ecs.capability.execution-role-awslogs',
    'ecs.capability.secrets.asm.environment-variables',
  ])
    assert.ok(names?.includes(name), name)
  assert.equal(new Set(names).size, names?.length)
})

testInProcessAndOverTcp('a definition for EC2 only has the compatibilities EXTERNAL and EC2', async (open) => {
  const { ecs } = await open()
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'old',
      containerDefinitions: [{ name: 'a', image: 'b', memory: 64, portMappings: [{ containerPort: 80 }] }],
    }),
  )
  assert.deepEqual(taskDefinition?.compatibilities, ['EXTERNAL', 'EC2'])
  assert.equal(taskDefinition?.containerDefinitions?.[0]?.portMappings?.[0]?.hostPort, 0)
})

testInProcessAndOverTcp(
  'a family without a revision means its newest ACTIVE one; with a number it means that revision, INACTIVE or not',
  async (open) => {
    const { ecs } = await open()
    for (let i = 0; i < 3; i++) await register(ecs)
    const { taskDefinition } = await deregister(ecs, 'web:3')
    assert.equal(taskDefinition?.status, 'INACTIVE')
    assert.equal(taskDefinition?.deregisteredAt, undefined)
    assert.equal((await describe(ecs, 'web'))?.revision, 2)
    assert.equal((await describe(ecs, 'web:3'))?.status, 'INACTIVE')
    assert.ok((await describe(ecs, 'web:3'))?.deregisteredAt instanceof Date)
    assert.equal((await deregister(ecs, 'web:3')).taskDefinition?.status, 'INACTIVE')
  },
)

testInProcessAndOverTcp('missing task definitions are rejected with ECS’s messages', async (open) => {
  const { ecs } = await open()
  await register(ecs)
  const unknown = { name: 'ClientException', message: 'Unable to describe task definition.' }
  await assert.rejects(describe(ecs, 'nope'), unknown)
  await assert.rejects(describe(ecs, 'web:2'), unknown)
  await assert.rejects(describe(ecs, 'arn:aws:ecs:us-east-1:999999999999:task-definition/web:1'), unknown)
  await assert.rejects(describe(ecs, 'web:latest'), {
    name: 'InvalidParameterException',
    message: 'Invalid task definition: Invalid revision number.',
  })
  await assert.rejects(deregister(ecs, 'web'), { name: 'InvalidParameterException', message: 'Revision is missing' })
  await assert.rejects(deregister(ecs, 'web:9'), {
    name: 'ClientException',
    message: 'The specified task definition does not exist.',
  })
  await assert.rejects(
    register(ecs, { memory: '4096' }),
    /No Fargate configuration exists for given values: 256 CPU, 4096 memory/,
  )
})

testInProcessAndOverTcp('a definition of more than 64 KiB is rejected', async (open) => {
  const { ecs } = await open()
  const environment = [{ name: 'A', value: 'x'.repeat(70_000) }]
  await assert.rejects(register(ecs, { containerDefinitions: [{ name: 'web', image: 'nginx', environment }] }), {
    name: 'ClientException',
    message: /^Actual length: '\d+'\. Max allowed length is '65536' bytes\.$/,
  })
})

testInProcessAndOverTcp(
  'only INACTIVE revisions are deleted, failures keep the given reference, and revision numbers continue',
  async (open) => {
    const { ecs } = await open()
    await register(ecs)
    await register(ecs)
    await deregister(ecs, 'web:1')
    const taskDefinitions = ['web:1', 'web:2', 'web:3', 'web']
    const { taskDefinitions: deleted, failures } = await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }))
    assert.deepEqual(
      deleted?.map(({ taskDefinitionArn, status }) => [taskDefinitionArn, status]),
      [[definitionArnOf('web:1'), 'DELETE_IN_PROGRESS']],
    )
    assert.deepEqual(failures, [
      {
        arn: 'web:2',
        reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      },
      {
        arn: 'web:3',
        reason:
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      },
      {
        arn: 'web',
        reason: 'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.',
      },
    ])
    assert.equal((await register(ecs)).taskDefinition?.revision, 3)
  },
)

testInProcessAndOverTcp('1,000 revisions are listed in numeric order, both ways', async (open) => {
  const { ecs } = await open()
  await Promise.all(Array.from({ length: 1000 }, () => register(ecs)))
  await register(ecs, { family: 'web-2' })
  assert.deepEqual(
    await listDefinitions(ecs, { familyPrefix: 'web' }),
    Array.from({ length: 1000 }, (_, i) => definitionArnOf(`web:${i + 1}`)),
  )
  const down = await listDefinitions(ecs, { sort: 'DESC' })
  assert.deepEqual(down.slice(0, 3), [
    definitionArnOf('web-2:1'),
    definitionArnOf('web:1000'),
    definitionArnOf('web:999'),
  ])
  assert.equal(down.length, 1001)
  const { nextToken } = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'web' }))
  assert.equal(nextToken, 'web::0000000100')
})

testInProcessAndOverTcp('families are listed by the status of their revisions', async (open) => {
  const { ecs } = await open()
  for (const family of ['api', 'web', 'web-old', 'gone']) await register(ecs, { family })
  for (const reference of ['web-old:1', 'gone:1']) await deregister(ecs, reference)
  await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['gone:1'] }))
  const families = async (input: object) => (await ecs.send(new ListTaskDefinitionFamiliesCommand(input))).families
  assert.deepEqual(await families({}), ['api', 'gone', 'web', 'web-old'])
  assert.deepEqual(await families({ familyPrefix: 'we', status: 'ACTIVE' }), ['web'])
  assert.deepEqual(await families({ status: 'INACTIVE' }), ['gone', 'web-old'])
})

async function listDefinitions(
  ecs: ECSClient,
  input: { familyPrefix?: string; sort?: 'ASC' | 'DESC' },
): Promise<string[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  do {
    const page = await ecs.send(new ListTaskDefinitionsCommand({ ...input, nextToken }))
    arns.push(...(page.taskDefinitionArns ?? []))
    nextToken = page.nextToken
  } while (nextToken)
  return arns
}

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { arbitraryTaskDefinition } from '../testing/arbitrary-definition.ts'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()
const shared = await newAccount()

/**
 * Asserts that `found` has everything of `given` in this API's shape: lists of pairs as maps, sizes as numbers.
 * @param at JSON pointer of the compared values
 */
function assertHasAll(found: unknown, given: unknown, at = ''): void {
  const key = at.slice(at.lastIndexOf('/') + 1)
  if (['cpu', 'memory', 'memoryReservation'].includes(key)) assert.equal(found, Number(given), at)
  else if (Array.isArray(given) && !Array.isArray(found)) {
    const pairs = Object.fromEntries(
      given.map((pair) => [pair.key ?? pair.name ?? pair.namespace, pair.valueFrom ?? pair.value]),
    )
    assert.deepEqual({ ...(found as object) }, { ...pairs }, at)
  } else if (Array.isArray(given)) {
    assert.equal((found as unknown[]).length, given.length, at)
    for (const [i, item] of given.entries()) assertHasAll((found as unknown[])[i], item, `${at}/${i}`)
  } else if (typeof given === 'object' && given !== null) {
    for (const [name, value] of Object.entries(given))
      if (value !== undefined) assertHasAll((found as Record<string, unknown>)?.[name], value, `${at}/${name}`)
  } else assert.equal(found, given, at)
}

function withoutRevision({
  name,
  revision,
  arn,
  registeredAt,
  ...rest
}: Record<string, unknown>): Record<string, unknown> {
  return rest
}

test('definitions with any members of ECS’s schema are returned complete, and can be registered again unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryTaskDefinition, async (definition) => {
      const registered = await api.post(`/${shared}/taskdefs`, definition)
      assert.equal(registered.status, 201, registered.text)
      const { body: got } = await api.get(`/${shared}/taskdefs/${registered.body.name}`)
      assertHasAll(got, definition)
      const again = await api.post(`/${shared}/taskdefs`, got)
      assert.equal(again.status, 201, again.text)
      assert.deepEqual(withoutRevision(again.body), withoutRevision(got))
    }),
    { numRuns: 150 },
  )
})

test('defaults for Fargate are awsvpc, FARGATE, and the smallest size that fits the containers', async () => {
  const account = await newAccount()
  const sizeAndDefaults = async (...containers: object[]) => {
    const { body } = await api.post(`/${account}/taskdefs`, {
      name: 'x',
      containerDefinitions: containers.map((one, i) => ({ name: `c${i}`, image: 'i', ...one })),
    })
    return [body.cpu, body.memory, body.networkMode, body.requiresCompatibilities?.[0]]
  }
  assert.deepEqual(await sizeAndDefaults({}), [256, 512, 'awsvpc', 'FARGATE'])
  assert.deepEqual(await sizeAndDefaults({ cpu: '.5 vCPU' }, { memory: '3 GB' }), [512, 3072, 'awsvpc', 'FARGATE'])
  const tooBig = await api.post(`/${account}/taskdefs`, {
    family: 'x',
    containerDefinitions: [{ name: 'c', image: 'i', cpu: 99999 }],
  })
  assert.deepEqual([tooBig.status, tooBig.body.errors[0].pointer], [400, '/memory'], tooBig.text)
})

test('a family name means its newest ACTIVE revision, and a family can be deleted as a whole', async () => {
  const account = await newAccount()
  const register = () =>
    api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  for (const revision of [1, 2, 3])
    assert.equal((await register()).headers.location, `/v1/ecs/${account}/taskdefs/web:${revision}`)
  assert.equal((await api.get(`/${account}/taskdefs/web`)).body.name, 'web:3')
  const deregistered = await api.delete(`/${account}/taskdefs/web:3`)
  assert.deepEqual([deregistered.status, deregistered.body.status], [200, 'INACTIVE'], deregistered.text)
  assert.equal((await api.delete(`/${account}/taskdefs/web:3`)).status, 200)
  assert.equal((await api.get(`/${account}/taskdefs/web`)).body.name, 'web:2')
  assert.equal((await api.get(`/${account}/taskdefs/web:3`)).body.status, 'INACTIVE')
  const names = async (query: string) =>
    (await api.get(`/${account}/taskdefs${query}`)).body.items.map((item: { name: string }) => item.name)
  assert.deepEqual(await names(''), ['web:2', 'web:1'])
  assert.deepEqual(await names('?status=ALL'), ['web:3', 'web:2', 'web:1'])
  assert.deepEqual(await names('?latest=true'), ['web:2'])
  assert.deepEqual(await names('?family=we'), [])
  const purged = await api.delete(`/${account}/taskdefs/web?purge=true`)
  assert.deepEqual([purged.body.items.length, purged.body.failures, purged.body.remaining], [3, [], 0], purged.text)
  assert.deepEqual(await names('?status=DELETE_IN_PROGRESS'), ['web:3', 'web:2', 'web:1'])
  assert.deepEqual(
    [(await api.get(`/${account}/taskdefs/web`)).status, (await api.delete(`/${account}/taskdefs/web`)).body.code],
    [404, 'TaskDefinitionNotFound'],
  )
})

describe('real-world files register without changes:', () => {
  const files: Record<string, object> = {
    'sidecars, health checks, secrets, EFS': {
      family: 'shop',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '.25 vcpu',
      memory: '0.5 GB',
      executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
      taskRoleArn: 'arn:aws:iam::123456789012:role/shop',
      volumes: [
        {
          name: 'data',
          efsVolumeConfiguration: {
            fileSystemId: 'fs-12345678',
            transitEncryption: 'ENABLED',
            authorizationConfig: { iam: 'ENABLED' },
          },
        },
      ],
      containerDefinitions: [
        {
          name: 'proxy',
          image: 'envoy:v1',
          essential: true,
          healthCheck: {
            command: ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'],
            interval: 30,
            timeout: 5,
            retries: 3,
          },
        },
        {
          name: 'app',
          image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1',
          essential: true,
          dependsOn: [{ containerName: 'proxy', condition: 'HEALTHY' }],
          portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
          secrets: [
            {
              name: 'DB_PASSWORD',
              valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:password::',
            },
          ],
          mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
          logConfiguration: { logDriver: 'awsfirelens', options: { Name: 'cloudwatch' } },
          environment: null,
        },
        {
          name: 'log_router',
          image: 'fluent-bit',
          firelensConfiguration: { type: 'fluentbit', options: { 'enable-ecs-log-metadata': 'true' } },
        },
      ],
    },
    'ARM, no size': {
      family: 'arm',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      containerDefinitions: [{ name: 'a', image: 'a' }],
    },
    'output of describe-task-definition': {
      taskDefinition: {
        taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3',
        family: 'web',
        revision: 3,
        status: 'ACTIVE',
        requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
        compatibilities: ['EC2', 'FARGATE'],
        registeredAt: 1700000000.123,
        registeredBy: 'arn:aws:iam::123456789012:root',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'web',
            image: 'nginx',
            cpu: 0,
            portMappings: [],
            essential: true,
            environment: [],
            mountPoints: [],
            volumesFrom: [],
          },
        ],
        volumes: [],
        placementConstraints: [],
      },
      tags: [{ key: 'team', value: 'web' }],
    },
  }
  for (const [name, file] of Object.entries(files))
    test(name, async () => {
      const registered = await api.post(`/${shared}/taskdefs`, file)
      assert.equal(registered.status, 201, registered.text)
      if ('tags' in file) assert.deepEqual(registered.body.tags, { team: 'web' })
    })
})

test('a definition for EC2 is rejected with every reason, each with its pointer', async () => {
  const rejected = await api.post(`/${shared}/taskdefs`, {
    family: 'old',
    networkMode: 'bridge',
    requiresCompatibilities: ['EC2'],
    volumes: [{ name: 'host', host: { sourcePath: '/var' } }],
    containerDefinitions: [
      {
        name: 'a',
        image: 'a',
        memory: 128,
        privileged: true,
        linuxParameters: { capabilities: { add: ['NET_ADMIN'] } },
      },
    ],
  })
  assert.deepEqual(
    rejected.body.errors.map((fault: { pointer: string }) => fault.pointer).sort(),
    [
      '/containerDefinitions/0/linuxParameters/capabilities/add/0',
      '/containerDefinitions/0/privileged',
      '/networkMode',
      '/requiresCompatibilities',
      '/volumes/0/host/sourcePath',
    ],
    rejected.text,
  )
})

test('a value of a wrong type is reported by its type only, as it may be a misplaced secret', async () => {
  const container = { name: 'web', image: 'nginx' }
  const wrong: [object, message: string][] = [
    [{ environment: { PIN: 48151623 } }, 'a number where a string is expected'],
    [{ environment: 'PIN=48151623' }, 'a string where a map or a list of pairs is expected'],
    [{ environment: ['PIN=48151623'] }, 'a string where an object is expected'],
    [{ command: 'serve --pin 48151623' }, 'a string where a list is expected'],
    [{ logConfiguration: { logDriver: 'splunk', options: '48151623' } }, 'a string where a map is expected'],
  ]
  for (const [part, message] of wrong) {
    const { status, text, body } = await api.post(`/${shared}/taskdefs`, {
      family: 'web',
      containerDefinitions: [{ ...container, ...part }],
    })
    assert.deepEqual([status, body.errors.map((error: { message: string }) => error.message)], [400, [message]])
    assert.ok(!text.includes('48151623'), text)
  }
  const sized = await api.post(`/${shared}/taskdefs`, { family: 'web', cpu: 'much', containerDefinitions: [container] })
  assert.match(sized.body.errors[0].message, /^"much" where CPU units/, 'a size is reported as given')
})

test('thousands of errors, and thousands of containers in a cycle, do not block the process', async () => {
  const many = <T>(make: (i: number) => T) => Array.from({ length: 1200 }, (_, i) => make(i))
  const faulty = await api.post(`/${shared}/taskdefs`, { family: 'web', containerDefinitions: many(() => ({})) })
  assert.deepEqual([faulty.status, faulty.body.errors.length, faulty.body.errorsOmitted > 100], [400, 100, true])
  const on = (i: number) => [{ containerName: `c${i}`, condition: 'START' }]
  const chain = many((i) => ({ name: `c${i}`, image: 'x', dependsOn: on((i + 1) % 1200) }))
  const cyclic = await api.post(`/${shared}/taskdefs`, { family: 'web', containerDefinitions: chain })
  assert.deepEqual(
    [cyclic.status, cyclic.body.errors[0].message],
    [400, 'Too many containers. A task definition has at most 10.'],
  )
  // c0 waits for c1, which waits for c2, which waits for c1.
  const waitingForCycle = [
    { name: 'c0', image: 'nginx', dependsOn: on(1) },
    chain[1]!,
    { ...chain[2]!, dependsOn: on(1) },
  ]
  const rejected = await api.post(`/${shared}/taskdefs`, { family: 'web', containerDefinitions: waitingForCycle })
  assert.deepEqual([rejected.status, rejected.body.errors[0].pointer], [400, '/containerDefinitions/1/dependsOn'])
})

test('a size that Fargate does not offer is rejected with the possible sizes', async () => {
  const rejected = await api.post(`/${shared}/taskdefs`, {
    family: 'x',
    cpu: 256,
    memory: 4096,
    containerDefinitions: [{ name: 'a', image: 'a' }],
  })
  assert.deepEqual([rejected.status, rejected.body.errors[0].pointer], [400, '/cpu'])
  assert.match(rejected.body.errors[0].message, /256 CPU goes with 512, 1024 or 2048 MiB/)
})

test('shorthands are accepted, and errors point to the shorthand', async () => {
  const container = (more: object) => ({ family: 'short', containerDefinitions: [{ name: 'a', image: 'a', ...more }] })
  const { body } = await api.post(
    `/${shared}/taskdefs`,
    container({ ports: [80, '53/udp', '443'], environment: { A: '1' }, secrets: {} }),
  )
  assert.deepEqual(
    body.containerDefinitions[0].portMappings.map((port: { containerPort: number; protocol: string }) => [
      port.containerPort,
      port.protocol,
    ]),
    [
      [80, 'tcp'],
      [53, 'udp'],
      [443, 'tcp'],
    ],
  )
  const rejected = await api.post(
    `/${shared}/taskdefs`,
    container({
      ports: [0, 'x'],
      portMappings: [],
      environment: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    }),
  )
  assert.deepEqual(
    rejected.body.errors.map((fault: { pointer: string }) => fault.pointer).sort(),
    ['/containerDefinitions/0/environment/1', '/containerDefinitions/0/ports/0', '/containerDefinitions/0/ports/1'],
    rejected.text,
  )
  const twice = await api.post(`/${shared}/taskdefs`, container({ ports: [80, 80] }))
  assert.deepEqual(
    twice.body.errors.map((fault: { pointer: string }) => fault.pointer),
    ['/containerDefinitions/0/ports/1'],
  )
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { faultsOf } from './index.ts'

const fargate = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'web', image: 'nginx' }],
}

const container = (more: object) => ({ ...fargate, containerDefinitions: [{ name: 'web', image: 'nginx', ...more }] })
const messages = (operation: string, input: Record<string, unknown>) =>
  faultsOf(operation, input).map((fault) => fault.message)

describe('RegisterTaskDefinition rejects, with AWS’s message,', () => {
  const rejections: [label: string, input: Record<string, unknown>, message: string, path: string][] = [
    ['a missing family', { ...fargate, family: undefined }, 'Family is missing', 'family'],
    [
      'no container',
      { ...fargate, containerDefinitions: [] },
      'Container list cannot be empty',
      'containerDefinitions',
    ],
    ['bridge', { ...fargate, networkMode: 'bridge' }, 'Fargate only supports network mode ‘awsvpc’.', 'networkMode'],
    ['no cpu', { ...fargate, cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level.", 'cpu'],
    ['a cpu that is no number', { ...fargate, cpu: 'lots' }, "Invalid 'cpu' setting for task.", 'cpu'],
    [
      'a size that Fargate lacks',
      { ...fargate, memory: '4096' },
      'No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.',
      'cpu',
    ],
    [
      'links',
      container({ links: ['db'] }),
      'Links are not supported when networkMode=awsvpc.',
      'containerDefinitions.0.links',
    ],
    [
      'a capability',
      container({ linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } }),
      'NET_ADMIN is not allowed on Fargate.',
      'containerDefinitions.0.linuxParameters.capabilities.add.0',
    ],
    [
      'a stop timeout over two minutes',
      container({ stopTimeout: 121 }),
      'Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.',
      'containerDefinitions.0.stopTimeout',
    ],
    [
      'a dependency on a missing container',
      container({ dependsOn: [{ containerName: 'db', condition: 'START' }] }),
      "Cannot depend on container + 'db' because it does not exist",
      'containerDefinitions.0.dependsOn.0.containerName',
    ],
    [
      'a dependency on itself',
      container({ dependsOn: [{ containerName: 'web', condition: 'START' }] }),
      'Container dependsOn contains a cycle',
      'containerDefinitions.0.dependsOn',
    ],
    [
      'an unknown value',
      container({ ulimits: [{ name: 'nofiles', softLimit: 1, hardLimit: 1 }] }),
      'Name should be one of [core,cpu,data,fsize,locks,memlock,msgqueue,nice,nofile,nproc,rss,rtprio,rttime,sigpending,stack]',
      'containerDefinitions.0.ulimits.0.name',
    ],
  ]
  for (const [label, input, message, path] of rejections)
    test(label, () => {
      const fault = faultsOf('RegisterTaskDefinition', input).find((candidate) => candidate.message === message)
      assert.equal(fault?.path.join('.'), path, JSON.stringify(messages('RegisterTaskDefinition', input)))
    })
})

test('a definition that Fargate can run has no fault', () => {
  assert.deepEqual(faultsOf('RegisterTaskDefinition', fargate), [])
  assert.deepEqual(faultsOf('RegisterTaskDefinition', { ...fargate, cpu: '.25 vcpu', memory: '0.5 GB' }), [])
})

test('all faults of an input are reported, not just the first', () => {
  const found = messages('RegisterTaskDefinition', {
    ...container({ privileged: true, links: ['x'] }),
    networkMode: 'awsvpc',
    cpu: '300',
  })
  assert.equal(found.length, 3, found.join('\n'))
})

test('a service needs a desired count, and percents that do not block deployments', () => {
  assert.deepEqual(messages('CreateService', { serviceName: 'www' }), ['DesiredCount is missing'])
  assert.deepEqual(
    messages('CreateService', {
      serviceName: 'www',
      desiredCount: 1,
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 },
    }),
    ['Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.'],
  )
})

test('a strategy without any weight is rejected for services and tasks, not for clusters', () => {
  const strategy = [{ capacityProvider: 'FARGATE', weight: 0 }]
  const associated = { capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: strategy }
  const none =
    /^There are no capacity providers in the capacity provider strategy with a weight value greater than zero\./
  assert.deepEqual(messages('CreateCluster', associated), [])
  assert.deepEqual(messages('PutClusterCapacityProviders', { cluster: 'a', ...associated }), [])
  assert.match(messages('RunTask', { taskDefinition: 'a', capacityProviderStrategy: strategy })[0] ?? '', none)
})

test('a capacity provider strategy needs a weight; a base alone is not enough', () => {
  const strategy = (...items: object[]) =>
    messages('RunTask', { taskDefinition: 'web', capacityProviderStrategy: items })
  assert.match(
    strategy({ capacityProvider: 'FARGATE', base: 1 })[0] ?? '',
    /^There are no capacity providers in the capacity provider strategy with a weight value greater than zero\./,
  )
  assert.deepEqual(
    strategy({ capacityProvider: 'FARGATE', base: 1, weight: 1 }, { capacityProvider: 'FARGATE_SPOT', weight: 0 }),
    [],
  )
})

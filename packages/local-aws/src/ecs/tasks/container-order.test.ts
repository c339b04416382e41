import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerCondition, ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { ContainerObservation } from '../../runtimes/runtime.ts'
import { startPlan, stopOrder } from './container-order.ts'

const dependsOn = (containerName: string, condition: ContainerCondition) => [{ containerName, condition }]
const waitingFor = (condition: ContainerCondition, startTimeout?: number): AwsJson<ContainerDefinition>[] => [
  { name: 'app', dependsOn: dependsOn('base', condition) },
  { name: 'base', startTimeout },
]
const plan = (definitions: AwsJson<ContainerDefinition>[], base: ContainerObservation, now = 0) =>
  startPlan(definitions, new Map([['base', base]]), now)

test('each dependency condition is met by its own container states', () => {
  const running: ContainerObservation = { state: 'running', since: 0 }
  const healthy: ContainerObservation = { state: 'running', since: 0, health: 'HEALTHY' }
  const done: ContainerObservation = { state: 'exited', at: 0, exitCode: 0 }
  const broken: ContainerObservation = { state: 'exited', at: 0, exitCode: 1 }
  const expected: Record<ContainerCondition, [ContainerObservation, 'met' | 'waits' | 'failed'][]> = {
    START: [
      [running, 'met'],
      [broken, 'met'],
    ],
    COMPLETE: [
      [running, 'waits'],
      [done, 'met'],
      [broken, 'met'],
    ],
    SUCCESS: [
      [running, 'waits'],
      [done, 'met'],
      [broken, 'failed'],
    ],
    HEALTHY: [
      [running, 'waits'],
      [healthy, 'met'],
      [{ ...healthy, health: 'UNHEALTHY' }, 'failed'],
      [done, 'failed'],
    ],
  }
  for (const [condition, cases] of Object.entries(expected) as [ContainerCondition, (typeof expected)['START']][])
    for (const [observation, state] of cases) {
      const { ready, hasFailedDependency } = plan(waitingFor(condition), observation)
      assert.deepEqual(
        [ready.includes('app'), hasFailedDependency],
        [state === 'met', state === 'failed'],
        `${condition} ${JSON.stringify(observation)}`,
      )
    }
})

test('a dependency that exceeds its startTimeout has failed', () => {
  const running: ContainerObservation = { state: 'running', since: 1_000 }
  const early = plan(waitingFor('HEALTHY', 5), running, 2_000)
  assert.equal(early.nextTimeoutAt, 6_000)
  assert.equal(early.hasFailedDependency, false)
  assert.equal(plan(waitingFor('HEALTHY', 5), running, 6_000).hasFailedDependency, true)
})

test('containers stop before the containers that they depend on', () => {
  const definitions = [
    { name: 'base' },
    { name: 'proxy', dependsOn: dependsOn('base', 'START') },
    { name: 'app', dependsOn: dependsOn('proxy', 'HEALTHY') },
  ]
  assert.deepEqual(stopOrder(definitions), [['app'], ['proxy'], ['base']])
})

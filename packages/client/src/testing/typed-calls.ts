/**
 * Calls that must compile, and calls that must not: `tsc` fails on a `@ts-expect-error` above a line without an error.
 * Nothing runs this file.
 */
import { createClient, isProblem, type Rollout, type Service, type Task } from '../index.ts'
import type { ServiceState } from '../words/index.ts'
import { serviceSentence } from '../words/index.ts'

const ecs = createClient({ url: '', token: async () => '' }).account('prod')

export async function bodies(): Promise<void> {
  await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 2 })
  await ecs.services.update('prod/www', {
    containers: { web: { image: 'nginx:1.30', environment: { LEVEL: 'debug', OLD: null } }, sidecar: null },
    tags: { team: null },
  })
  // @ts-expect-error a typo
  await ecs.services.update('prod/www', { taskDefinitoin: 'web:7' })
  // @ts-expect-error a typo within a container
  await ecs.services.update('prod/www', { containers: { web: { imgae: 'nginx' } } })
  // @ts-expect-error the task definition is missing
  await ecs.services.create('prod', { name: 'www', count: 2 })
  // @ts-expect-error nothing is given
  await ecs.taskDefinitions.create({})
  // @ts-expect-error null means not given in a POST, and the types leave it out
  await ecs.clusters.create({ name: null })
  // @ts-expect-error a count is a number
  await ecs.tasks.run('prod', { taskDefinition: 'web', count: '2' })
}

export async function options(signal: AbortSignal): Promise<void> {
  await ecs.services.get('prod/www', { fresh: true, signal })
  await ecs.services.update('prod/www', {}, { wait: 'STABLE', timeoutSeconds: 900, ifMatch: '1', onBusy: 'reject' })
  await ecs.clusters.page({ limit: 10, cursor: 'x' })
  // @ts-expect-error an unknown query parameter
  await ecs.clusters.page({ limits: 10 })
  // @ts-expect-error a service does not wait for RUNNING
  await ecs.services.restart('prod/www', { wait: 'RUNNING' })
  // @ts-expect-error a GET has no key
  await ecs.services.get('prod/www', { idempotencyKey: 'x' })
  // @ts-expect-error a change is never fresh
  await ecs.services.restart('prod/www', { fresh: true })
  // @ts-expect-error a task has no version to match
  await ecs.tasks.stop('prod/1', { ifMatch: '1' })
  // @ts-expect-error the filter has these values only
  ecs.tasks.list({ status: 'ASLEEP' })
}

export async function references(www: Service, task: Task): Promise<void> {
  await ecs.services.restart(www)
  await ecs.tasks.stop(task)
  await ecs.services.get({ cluster: 'prod', name: 'www' })
  await ecs.clusters.get({ name: 'prod' })
  await ecs.taskDefinitions.deregister('web:7')
  // @ts-expect-error a task is no service
  await ecs.services.get(task)
  // @ts-expect-error a service is no task
  await ecs.tasks.get(www)
  // @ts-expect-error a service is no cluster
  await ecs.clusters.get(www)
  // @ts-expect-error a family is deregistered by deregisterFamily
  await ecs.taskDefinitions.deregister('web')
}

export async function results(): Promise<void> {
  const count: number = (await ecs.services.get('prod/www')).runningCount
  const restarted: Rollout = await ecs.services.restart('prod/www')
  const release: number = (await ecs.services.rollback('prod/www', {}, { dryRun: true })).release
  const effects: string[] = (await ecs.services.update('prod/www', { count: 2 }, { dryRun: true })).effects
  const version = (await ecs.clusters.put('prod', {}, { dryRun: true })).configVersion
  const { stable } = await ecs.services.rollback('prod/www')
  const exit = (await ecs.tasks.exec('prod/1', { command: 'ls', interactive: false })).exitCode
  const { readable } = await ecs.tasks.exec('prod/1', { command: 'sh' })
  for await (const { message } of ecs.services.logs('prod/www', { since: '15m' })) message.trim()
  for await (const event of ecs.services.logs('prod/www', { follow: true }))
    if (event.type === 'lines') event.items[0]?.message.trim()
  for await (const event of ecs.services.watch('prod/www'))
    if (event.type === 'problem') event.detail.trim()
    else
      event.resource.runningCount.toFixed()
      // @ts-expect-error a plan is no rollout
  ;(await ecs.services.rollback('prod/www', {}, { dryRun: true })).stable()
  // @ts-expect-error a change has no effects to read: only its plan has
  ;(await ecs.clusters.put('prod', {})).effects
  // @ts-expect-error a command has no terminal
  ;(await ecs.tasks.exec('prod/1', { command: 'ls', interactive: false })).readable
  await Promise.all([count, restarted.stable(), release, effects, version, stable(), exit, readable.cancel()])
}

export function problems(error: unknown): string | undefined {
  if (isProblem(error, 'ServiceNotFound')) {
    const code: 'ServiceNotFound' = error.code
    return code
  }
  // @ts-expect-error an unknown error is narrowed first
  if (error.code) return undefined
  return isProblem(error) ? error.errors[0]?.message : undefined
}

/** A `switch` over all states needs no default. */
export function urgency(service: Service): number {
  const state: ServiceState = serviceSentence(service, [], 0).state
  switch (state) {
    case 'down':
    case 'failed':
    case 'rollback-failed':
    case 'rolling-back':
      return 1
    case 'short':
    case 'unstable':
    case 'waiting':
    case 'rolled-back':
    case 'unknown':
      return 2
    case 'deploying':
    case 'failing':
    case 'stopping-deployment':
    case 'draining':
    case 'surplus':
      return 3
    case 'steady':
    case 'scaled-to-zero':
    case 'deleted':
      return 4
  }
}

/** How services are shown to people, with the same sentence as in the console. */
import type { Service } from '@ecs-api/client'
import { serviceSentence, type Verdict, verdictOfState } from '@ecs-api/client/words'
import type { Field, Shape } from '../out/shape.ts'
import type { Style } from '../out/style.ts'

export const styleOfVerdict: Readonly<Record<Verdict, Style>> = {
  ok: 'green',
  failed: 'red',
  waiting: 'yellow',
}

/** A list of services has no deployments of `…/deployments`. The sentence then uses `Service.deployments`. */
const noDeployments = [] as const
const sentenceOf = (service: Service, now: number) => serviceSentence(service, noDeployments, now)
const verdictOf = (service: Service, now: number) => verdictOfState(sentenceOf(service, now).state)

export const serviceShape: Shape<Service> = {
  noun: 'services',
  name: ({ cluster, name }) => `${cluster}/${name}`,
  whenEmpty: 'Create one: ecs-api services create --help',
  columns: [
    { header: 'SERVICE', value: ({ cluster, name }) => `${cluster}/${name}`, rank: 10, kind: 'name' },
    {
      header: 'STATE',
      value: verdictOf,
      rank: 9,
      style: (service) => styleOfVerdict[verdictOf(service, Date.now())],
    },
    { header: 'TASKS', value: ({ runningCount, desiredCount }) => `${runningCount}/${desiredCount}`, rank: 8 },
    { header: 'DEFINITION', value: ({ taskDefinition }) => taskDefinition, rank: 4, kind: 'id' },
    { header: 'LAUNCH', value: launchOf, rank: 2, isWide: true },
    { header: 'CREATED', value: ({ createdAt }) => createdAt, rank: 1, kind: 'time', isWide: true },
    { header: 'SENTENCE', value: (service, now) => sentenceOf(service, now).text, rank: 6, kind: 'text' },
  ],
  fields: (service, now) => fieldsOf(service, now, []),
}

/** @param addresses where the tasks are reached from the machine of a local engine */
export const serviceShapeWith = (addresses: readonly string[]): Shape<Service> => ({
  ...serviceShape,
  fields: (service, now) => fieldsOf(service, now, addresses),
})

/** A service after a change: what the change can have changed. `services get` shows everything. */
export const changedServiceShape = (addresses: readonly string[]): Shape<Service> => ({
  ...serviceShape,
  fields: (service, now) => fieldsOf(service, now, addresses).filter(([label]) => fieldsAfterChange.includes(label)),
})

const fieldsAfterChange: readonly string[] = ['service', 'state', 'why', 'tasks', 'definition', 'addresses']

function fieldsOf(service: Service, now: number, addresses: readonly string[]): Field[] {
  const { text, detail, state } = sentenceOf(service, now)
  const verdict = verdictOfState(state)
  return [
    ['service', `${service.cluster}/${service.name}`],
    // A deleted service waits for nothing.
    ['state', state === 'deleted' ? text : `${verdict}: ${text}`, styleOfVerdict[verdict]],
    ['why', detail],
    ['tasks', `${service.runningCount} running, ${service.pendingCount} pending, ${service.desiredCount} desired`],
    ['definition', service.taskDefinition],
    ['addresses', addresses.join(', ')],
    ['launch', launchOf(service)],
    ['balancers', service.loadBalancers.map(({ targetGroupArn }) => targetGroupArn).join(', ')],
    ['subnets', service.networkConfiguration?.awsvpcConfiguration?.subnets.join(', ')],
    ['exec', service.enableExecuteCommand ? 'enabled' : 'not enabled'],
    ['tags', pairsText(service.tags)],
    ['created', service.createdAt],
    ['version', service.configVersion],
    ['arn', service.arn],
  ]
}

function launchOf({ launchType, capacityProviderStrategy }: Service): string | undefined {
  return launchType ?? capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider).join(',')
}

export function pairsText(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

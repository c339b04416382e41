/** How services are shown to people, with the same sentence as in the console. */
import type { AccountDiagnosis, Service, ServiceDeployment } from '@ecs-api/client'
import { diagnosedSentence, serviceSentence, type Verdict, verdictOfState } from '@ecs-api/client/words'
import type { Field, ResourceView } from '../out/resource-view.ts'
import type { Style } from '../out/style.ts'
import { nextStepText } from './next-step.ts'

export const styleOfVerdict: Readonly<Record<Verdict, Style>> = {
  ok: 'green',
  failed: 'red',
  waiting: 'yellow',
}

/**
 * A service of a list, with its entry in the diagnosis of the account, and its deployment in progress if it was read.
 */
export type ListedService = Service & {
  diagnosis?: AccountDiagnosis['services'][number] | undefined
  currentDeployment?: ServiceDeployment | undefined
}

/** The sentence is the one of the service's page in the console, where a failure is followed by its cause. */
function statusOf(service: ListedService, now: number): { verdict: Verdict; text: string } {
  const deployments = service.currentDeployment ? [service.currentDeployment] : []
  const { state, text, detail } = diagnosedSentence(service, deployments, service.diagnosis, now)
  const verdict = verdictOfState(state)
  return { verdict, text: verdict === 'failed' && detail ? `${text} ${detail}` : text }
}

export const serviceView: ResourceView<ListedService> = {
  noun: 'services',
  name: ({ cluster, name }) => `${cluster}/${name}`,
  whenEmpty: 'Create one: ecs-api services create --help',
  columns: [
    { header: 'SERVICE', value: ({ cluster, name }) => `${cluster}/${name}`, keepPriority: 10, kind: 'name' },
    {
      header: 'STATE',
      value: (service, now) => statusOf(service, now).verdict,
      keepPriority: 9,
      style: (service) => styleOfVerdict[statusOf(service, Date.now()).verdict],
    },
    { header: 'TASKS', value: ({ runningCount, desiredCount }) => `${runningCount}/${desiredCount}`, keepPriority: 8 },
    { header: 'DEFINITION', value: ({ taskDefinition }) => taskDefinition, keepPriority: 4, kind: 'id' },
    { header: 'LAUNCH', value: launchOf, keepPriority: 2, isWide: true },
    { header: 'CREATED', value: ({ createdAt }) => createdAt, keepPriority: 1, kind: 'time', isWide: true },
    { header: 'SENTENCE', value: (service, now) => statusOf(service, now).text, keepPriority: 6, kind: 'text' },
  ],
  fields: (service, now) => fieldsOf(service, now, {}),
}

interface ServiceFacts {
  /** Where the tasks are reached from the machine of a local engine. */
  addresses?: readonly string[]
  /** The newest first. */
  deployments?: readonly ServiceDeployment[]
}

export const serviceViewWith = (facts: ServiceFacts): ResourceView<Service> => ({
  ...serviceView,
  fields: (service, now) => fieldsOf(service, now, facts),
})

/** A service after a change, with the fields that the change can affect. `services get` shows all fields. */
export const changedServiceView = (addresses: readonly string[]): ResourceView<Service> => ({
  ...serviceView,
  fields: (service, now) =>
    fieldsOf(service, now, { addresses }).filter(([label]) => fieldsAfterChange.includes(label)),
})

const fieldsAfterChange: readonly string[] = ['service', 'state', 'why', 'tasks', 'definition', 'addresses']

function fieldsOf(service: Service, now: number, { addresses = [], deployments = [] }: ServiceFacts): Field[] {
  const { text, detail, state } = serviceSentence(service, deployments, now)
  const verdict = verdictOfState(state)
  return [
    ['service', `${service.cluster}/${service.name}`],
    // A deleted service waits for nothing.
    ['state', state === 'deleted' ? text : `${verdict}: ${text}`, styleOfVerdict[verdict]],
    ['why', detail],
    ['next', nextStepText(deployments[0], now)],
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

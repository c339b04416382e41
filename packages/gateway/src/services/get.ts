/**
 * Reads of services: AWS's answer, overlaid with the gateway's recent writes, which AWS may not show yet.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { canReferTo, clusterOfArn, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { itemsOfAllPages, mapInBatches } from '../aws/reads/paging.ts'
import type { ResourceKind } from '../cache/resource-kind.ts'
import { emptyIfClusterIsNew, requireWellFormedClusterReference } from '../clusters/get.ts'
import { NotFound } from '../problems/problem.ts'
import { toServiceResource } from './schema.ts'

/**
 * The service as it is now.
 * @param ref name or ARN
 * @throws NotFound `ServiceNotFound`, also for an INACTIVE service; `ClusterNotFound`
 */
export async function getService(account: Account, cluster: string, ref: string): Promise<Service> {
  return foundOrThrow(account, cluster, ref, await findService(account, cluster, ref))
}

function foundOrThrow(account: Account, cluster: string, ref: string, found: Service | undefined): Service {
  if (found && found.status !== 'INACTIVE') return found
  throw new NotFound(
    'ServiceNotFound',
    `The cluster ${shortName(cluster)} of the account ${account.name} has no service "${shortName(ref)}".`,
    { next: `GET /v1/ecs/${account.name}/clusters/${shortName(cluster)}/services lists its services.` },
  )
}

/** The service in any state, or undefined. ECS describes an INACTIVE service for a while after its deletion. */
export async function findService(account: Account, cluster: string, ref: string): Promise<Service | undefined> {
  if (!canReferTo('service', ref, cluster)) return undefined
  const { value } = await describeOne(account, cluster, ref)
  return account.recentWrites.overlay('service', keyOf(cluster, ref), value)
}

/** AWS's answer without the recent writes. A reference that no service can have is not sent to AWS. */
async function describeOne(account: Account, cluster: string, ref: string): Promise<Described<Service>> {
  const notDescribed = { value: undefined, requestedAt: performance.now() }
  if (!canReferTo('service', ref, cluster)) return notDescribed
  requireWellFormedClusterReference(account, cluster)
  return account.batchedDescribes.service(cluster, ref).catch(emptyIfClusterIsNew(account, cluster, notDescribed))
}

/** DescribeServices accepts at most this many services. */
export const maxServicesPerCall = 10

/** Tells the cache how to describe a service, how to convert it to the API's shape, and how often to poll it. */
export const serviceKind: ResourceKind<Service> = {
  topic: 'services',
  action: 'DescribeServices',
  maxPerCall: maxServicesPerCall,
  describe: (account, { cluster, ref }) => describeOne(account, cluster, ref),
  applyRecentWrites: (account, { cluster, ref }, answer) => {
    const isPossible = canReferTo('service', ref, cluster)
    return foundOrThrow(
      account,
      cluster,
      ref,
      isPossible ? account.recentWrites.overlay('service', keyOf(cluster, ref), answer) : undefined,
    )
  },
  toApiResource: toServiceResource,
  pace: (service) => (isSteady(service) ? 'resting' : 'changing'),
}

/** The service has one deployment, which is not in progress and has all its tasks. */
function isSteady({ status, deployments = [], runningCount, desiredCount, pendingCount }: Service): boolean {
  const isRollingOut = deployments.length !== 1 || deployments[0]!.rolloutState === 'IN_PROGRESS'
  return status === 'ACTIVE' && !isRollingOut && runningCount === desiredCount && !pendingCount
}

/** Describes the services that exist, in the order of the names. */
export async function describeServices(
  account: Account,
  cluster: string,
  names: readonly string[],
): Promise<Service[]> {
  const found = await mapInBatches(names, maxServicesPerCall, async (batch) => {
    const services = await describe(account, cluster, batch)
    const byName = new Map(services.map((service) => [service.serviceName, service]))
    return batch.map((name) => account.recentWrites.overlay('service', keyOf(cluster, name), byName.get(name)))
  })
  return found.filter((service) => service !== undefined)
}

async function describe(account: Account, cluster: string, refs: string[]): Promise<Service[]> {
  requireWellFormedClusterReference(account, cluster)
  const { services = [] } = await account
    .ecs()
    .describeServices({ cluster, services: refs, include: ['TAGS'] })
    .catch(emptyIfClusterIsNew(account, cluster, { services: [] }))
  return services
}

/** The names of all services of the cluster, also of new ones that ListServices does not return yet. */
export async function collectServiceNames(account: Account, cluster: string): Promise<string[]> {
  requireWellFormedClusterReference(account, cluster)
  const arns = await itemsOfAllPages(async (nextToken) => {
    const page = await account.ecs().listServices({ cluster, maxResults: 100, nextToken })
    return { items: page.serviceArns, nextToken: page.nextToken }
  }).catch(emptyIfClusterIsNew<string[]>(account, cluster, []))
  return withUnshownServiceNames(account, cluster, arns.map(shortName))
}

/** Adds the names of the services that the gateway created and ListServices does not return yet. */
export function withUnshownServiceNames(account: Account, cluster: string, names: readonly string[]): string[] {
  const unshown = account.recentWrites
    .namesWithUnshownWrites('service')
    .filter((key) => key.startsWith(keyOf(cluster, '')))
    .map((key) => key.slice(key.indexOf('/') + 1))
  return [...new Set([...names, ...unshown])]
}

/**
 * Records a write to a service in the recent writes: later reads show it although AWS does not yet.
 * @param written the service before the write, and the fields that the write changed; left out for a new service
 */
export function recordServiceWrite(
  account: Account,
  after: Service,
  written?: { before: Service; fields: readonly (keyof Service)[] },
): void {
  account.recentWrites.record('service', keyOf(clusterOf(after), after.serviceName ?? ''), { after, ...written })
}

/** The short name of the service's cluster. */
export function clusterOf(service: Service): string {
  return shortName(service.clusterArn ?? clusterOfArn(service.serviceArn ?? '') ?? '')
}

function keyOf(cluster: string, service: string): string {
  return `${shortName(cluster)}/${shortName(service)}`
}

/** Services as they are now: AWS's answer with our own writes laid over. */
import type { Service } from '@aws-sdk/client-ecs'
import { canReferTo, clusterOfArn, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { everyPage, inBatches } from '../aws/reads/paging.ts'
import type { ResourceKind } from '../cache/resource-kind.ts'
import { emptyIfNew, requireClusterReference } from '../clusters/get.ts'
import { NotFound } from '../problems/problem.ts'
import { presentService } from './schema.ts'

/**
 * @param ref name or ARN
 * @throws NotFound `ServiceNotFound`, also for one that is INACTIVE; `ClusterNotFound`
 */
export async function getService(account: Account, cluster: string, ref: string): Promise<Service> {
  return orNotFound(account, cluster, ref, await findService(account, cluster, ref))
}

function orNotFound(account: Account, cluster: string, ref: string, found: Service | undefined): Service {
  if (found && found.status !== 'INACTIVE') return found
  throw new NotFound(
    'ServiceNotFound',
    `There is no service ${shortName(ref)} in the cluster ${shortName(cluster)} of ${account.name}.`,
    {
      next: `GET /v1/ecs/${account.name}/clusters/${shortName(cluster)}/services lists those that are there.`,
    },
  )
}

/** The service in whatever state it is (ECS describes INACTIVE ones for a while), or undefined. */
export async function findService(account: Account, cluster: string, ref: string): Promise<Service | undefined> {
  if (!canReferTo('service', ref, cluster)) return undefined
  const { value } = await describeOne(account, cluster, ref)
  return account.ownWrites.over('service', keyOf(cluster, ref), value)
}

/** AWS's answer, without own writes. */
async function describeOne(account: Account, cluster: string, ref: string): Promise<Described<Service>> {
  const nothing = { value: undefined, at: performance.now() }
  if (!canReferTo('service', ref, cluster)) return nothing
  requireClusterReference(account, cluster)
  return account.describes.service(cluster, ref).catch(emptyIfNew(account, cluster, nothing))
}

/** Services as views see them. */
export const serviceKind: ResourceKind<Service> = {
  topic: 'services',
  action: 'DescribeServices',
  maxPerCall: 10,
  describe: (account, { cluster, ref }) => describeOne(account, cluster, ref),
  find: (account, { cluster, ref }, seen) => {
    const isPossible = canReferTo('service', ref, cluster)
    return orNotFound(
      account,
      cluster,
      ref,
      isPossible ? account.ownWrites.over('service', keyOf(cluster, ref), seen) : undefined,
    )
  },
  present: presentService,
  pace: (service) => (isAtRest(service) ? 'resting' : 'changing'),
}

/** Nothing is under way: one deployment, completed, with all its tasks. */
function isAtRest({ status, deployments = [], runningCount, desiredCount, pendingCount }: Service): boolean {
  const isRollingOut = deployments.length !== 1 || deployments[0]!.rolloutState === 'IN_PROGRESS'
  return status === 'ACTIVE' && !isRollingOut && runningCount === desiredCount && !pendingCount
}

/** Those of the services that are there, in the order of the names. */
export async function describeServices(
  account: Account,
  cluster: string,
  names: readonly string[],
): Promise<Service[]> {
  const found = await inBatches(names, 10, async (batch) => {
    const services = await describe(account, cluster, batch)
    const byName = new Map(services.map((service) => [service.serviceName, service]))
    return batch.map((name) => account.ownWrites.over('service', keyOf(cluster, name), byName.get(name)))
  })
  return found.filter((service) => service !== undefined)
}

async function describe(account: Account, cluster: string, refs: string[]): Promise<Service[]> {
  requireClusterReference(account, cluster)
  const { services = [] } = await account
    .ecs()
    .describeServices({ cluster, services: refs, include: ['TAGS'] })
    .catch(emptyIfNew(account, cluster, { services: [] }))
  return services
}

/** The names of the cluster's services, also of those that AWS doesn't list yet. */
export async function serviceNames(account: Account, cluster: string): Promise<string[]> {
  requireClusterReference(account, cluster)
  const arns = await everyPage(async (nextToken) => {
    const page = await account.ecs().listServices({ cluster, maxResults: 100, nextToken })
    return { items: page.serviceArns, nextToken: page.nextToken }
  }).catch(emptyIfNew<string[]>(account, cluster, []))
  const own = account.ownWrites
    .arns('service')
    .filter((key) => key.startsWith(keyOf(cluster, '')))
    .map((key) => key.slice(key.indexOf('/') + 1))
  return [...new Set([...arns.map(shortName), ...own])]
}

/** Notes a write to a service, so that later looks show it. */
export function recordService(
  account: Account,
  after: Service,
  written?: { before: Service; fields: readonly (keyof Service)[] },
): void {
  account.ownWrites.record('service', keyOf(clusterOf(after), after.serviceName ?? ''), { after, ...written })
}

export function clusterOf(service: Service): string {
  return shortName(service.clusterArn ?? clusterOfArn(service.serviceArn ?? '') ?? '')
}

function keyOf(cluster: string, service: string): string {
  return `${shortName(cluster)}/${shortName(service)}`
}

import type { CreateServiceRequest, Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { ownClientToken } from '../aws/client-token.ts'
import { refuseForeign } from '../clusters/foreign-references.ts'
import { keepOrgTag } from '../clusters/org-tag-in-body.ts'
import { placed } from '../clusters/placement.ts'
import { type Caller, requireFamily } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { readBody } from '../shapes/body.ts'
import { allowDefinition } from '../task-definitions/allow.ts'
import { inBody, sameCluster } from '../tasks/run.ts'
import { findService, recordService } from './get.ts'

/**
 * Makes a service on Fargate.
 * @param clientToken ECS's token for a retry; with it the name is not looked up first, so that a retry finds what the first try made
 * @throws Conflict `ServiceAlreadyExists`, `ServiceDraining`
 */
export async function createService(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  cluster: string,
  body: unknown,
  clientToken: string | undefined,
): Promise<Service> {
  const read = readBody('CreateService', body)
  sameCluster(read, cluster)
  await refuseForeign(account, read)
  keepOrgTag(account, read)
  if (read.input.schedulingStrategy !== undefined && read.input.schedulingStrategy !== 'REPLICA')
    read.refuse(['schedulingStrategy'], `only REPLICA is offered on Fargate, not ${read.input.schedulingStrategy}`)
  if (read.input.taskDefinition === undefined) read.refuse(['taskDefinition'], 'taskDefinition is missing')
  const input = {
    ...(await placed(account, cluster, read)),
    cluster,
    clientToken: clientToken ?? ownClientToken(),
  } as unknown as CreateServiceRequest
  read.check('CreateService', { ...input })
  requireFamily(caller, input.taskDefinition ?? '')
  await allowDefinition(account, input.taskDefinition ?? '')
  if (!clientToken) await nameIsFree(account, cluster, input.serviceName!)
  try {
    const { service } = await account.ecs().createService(input)
    // ECS tells a service's tags only when asked for them.
    const made: Service = { ...service, tags: service?.tags ?? input.tags ?? [] }
    recordService(account, made)
    return made
  } catch (error) {
    throw inBody(error, read)
  }
}

async function nameIsFree(account: Account, cluster: string, name: string): Promise<void> {
  const there = await findService(account, cluster, name)
  if (!there || there.status === 'INACTIVE') return
  if (there.status === 'DRAINING')
    throw new Conflict('ServiceDraining', `The service ${name} is being deleted and still drains.`, {
      next: 'Wait until it is INACTIVE, or use another name.',
    })
  throw new Conflict('ServiceAlreadyExists', `There is a service ${name} in ${shortName(cluster)} already.`, {
    next: 'Use another name, or PATCH the one that is there.',
  })
}

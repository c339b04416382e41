import type { CreateServiceRequest, Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { newClientToken } from '../aws/client-token.ts'
import { addForeignReferenceErrors, addOtherClusterError } from '../clusters/body-references.ts'
import { addBoundaryTagErrors } from '../clusters/boundary-tag.ts'
import { withPlacement } from '../clusters/placement.ts'
import { type Caller, requireFamilyInFence } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { readBody } from '../shapes/body.ts'
import { withPointerToBody } from '../task-definitions/locate-in-body.ts'
import { requireDefinitionWithinGuardrails } from '../task-definitions/require-within-guardrails.ts'
import { findService, recordServiceWrite } from './get.ts'

/**
 * Creates a service on Fargate.
 * @param clientToken ECS's idempotency token. With it, ECS returns the service that an earlier try created, so the
 *   gateway does not check first whether the name is free
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 * @throws Forbidden `OutsideFence` when the caller may not use the task definition; `GuardrailBroken`
 * @throws Conflict `ServiceAlreadyExists`, `ServiceDraining`
 */
export async function createService(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  cluster: string,
  body: unknown,
  clientToken: string | undefined,
): Promise<Service> {
  const requestBody = readBody('CreateService', body)
  addOtherClusterError(requestBody, cluster)
  await addForeignReferenceErrors(account, requestBody)
  addBoundaryTagErrors(account, requestBody)
  if (requestBody.input.schedulingStrategy !== undefined && requestBody.input.schedulingStrategy !== 'REPLICA')
    requestBody.addError(
      ['schedulingStrategy'],
      `schedulingStrategy must be REPLICA on Fargate, not ${requestBody.input.schedulingStrategy}`,
    )
  if (requestBody.input.taskDefinition === undefined)
    requestBody.addError(['taskDefinition'], 'taskDefinition is missing')
  const input = {
    // Tasks then have the required tags, which the service must have.
    ...(account.guardrails.requiresTags && { propagateTags: 'SERVICE' }),
    ...(await withPlacement(account, cluster, requestBody)),
    cluster,
    clientToken: clientToken ?? newClientToken(),
  } as unknown as CreateServiceRequest
  requestBody.throwIfInvalid('CreateService', { ...input })
  requireFamilyInFence(caller, input.taskDefinition ?? '')
  await requireDefinitionWithinGuardrails(account, input.taskDefinition ?? '', input.propagateTags)
  if (!clientToken) await requireFreeName(account, cluster, input.serviceName!)
  try {
    const { service } = await account.ecs().createService(input)
    // ECS returns the tags of a service only on request.
    const created: Service = { ...service, tags: service?.tags ?? input.tags ?? [] }
    recordServiceWrite(account, created)
    return created
  } catch (error) {
    throw withPointerToBody(error, requestBody)
  }
}

async function requireFreeName(account: Account, cluster: string, name: string): Promise<void> {
  const existing = await findService(account, cluster, name)
  if (!existing || existing.status === 'INACTIVE') return
  if (existing.status === 'DRAINING')
    throw new Conflict('ServiceDraining', `The service ${name} is being deleted and is still draining.`, {
      next: 'Wait until it is INACTIVE, or use another name.',
    })
  throw new Conflict(
    'ServiceAlreadyExists',
    `The service ${name} already exists in the cluster ${shortName(cluster)}.`,
    {
      next: 'Use another name, or PATCH the service to change it.',
    },
  )
}

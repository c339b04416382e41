/**
 * Changing a service with a JSON Merge Patch: read the body, plan the AWS calls, send them.
 *
 * The plan is complete before the first call that changes something. A request that an invalid body, a fence or a
 * guardrail rejects has therefore changed nothing: it leaves no task definition revision that was not deployed.
 */
import type { RegisterTaskDefinitionRequest, Service, Tag } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { requireTagsAllowed, setTags } from '../aws/tags.ts'
import { type Caller, requireFamilyInFence } from '../http/caller.ts'
import { checkIfMatch } from '../http/response/etag.ts'
import { definitionNameOf } from '../task-definitions/get.ts'
import { withPointerToBody } from '../task-definitions/locate-in-body.ts'
import { findRegisteredSince, registerRevision } from '../task-definitions/register.ts'
import { changedFields, changedTags, isOtherDefinition } from './difference.ts'
import { getService, recordServiceWrite } from './get.ts'
import { addImmutableFieldErrors, readPatch, requireValidPatch, type ServicePatch } from './patch-body.ts'
import { type PatchedDefinition, patchDefinition } from './patch-definition.ts'
import { primaryDeployment } from './primary-deployment.ts'
import { toServiceResource } from './schema.ts'
import {
  type ChangedService,
  type ChangeOptions,
  findDeploymentSince,
  requireAllowedDeployment,
  type ServiceUpdate,
  startsDeployment,
  updateService,
} from './update.ts'

/** The changing calls that a patch sends to AWS, in this order. A call that is not needed is not sent. */
interface ServicePlan {
  /** The service before the change. */
  current: Service
  /** RegisterTaskDefinition; undefined when the definition stays, or when an earlier try registered the revision. */
  revision: RevisionPlan | undefined
  /** All tags of the service after TagResource and UntagResource; undefined when the tags stay. */
  tags: Tag[] | undefined
  /** UpdateService. `taskDefinition` is added after the revision is registered. An empty update is not sent. */
  update: ServiceUpdate
  /** The deployment that an earlier try of this request created. */
  earlierDeployment: string | undefined
}

interface RevisionPlan {
  input: RegisterTaskDefinitionRequest
  /** Adds to AWS's rejection of the call the pointer to the part of the body that caused it. */
  withPointerToField: (rejection: unknown) => unknown
}

/**
 * Changes the fields that the body names.
 * @throws NotFound `ServiceNotFound`
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 * @throws PreconditionFailed when the service is not in the state that `ifMatch` names
 * @throws Conflict `DeploymentInProgress` with `?onBusy=reject`
 * @throws Forbidden `OutsideFence`, `GuardrailBroken`
 */
export async function patchService(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  cluster: string,
  ref: string,
  body: unknown,
  options: ChangeOptions,
): Promise<ChangedService> {
  const patch = await readPatch(account, cluster, ref, body)
  const plan = await planPatch(account, caller, patch, options)
  return applyPlan(account, plan, patch)
}

/** Compares the patch with the service and checks the result. Changes nothing in AWS. */
async function planPatch(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  patch: ServicePatch,
  { ifMatch, firstTryAt, requireNoDeployment }: ChangeOptions,
): Promise<ServicePlan> {
  const current = await getService(account, patch.cluster, patch.service)
  addImmutableFieldErrors(patch, current)
  checkIfMatch(ifMatch, toServiceResource(current))

  const update = changedFields(patch.update, current)
  const tags = changedTags(account, patch.creationFields, current)
  const definition = await applyDefinitionPatch(account, patch, current)
  requireValidPatch(patch, { current, update, tags, faults: definition?.faults ?? [] })

  const base = definition && definitionNameOf(definition.base)
  const revision = definition?.input && { input: definition.input, withPointerToField: definition.withPointerToField }
  if (base !== undefined && !revision && update.taskDefinition === undefined && isOtherDefinition(base, current))
    update.taskDefinition = base
  // ECS moves tasks to other capacity only in a deployment: it rejects a new strategy without forceNewDeployment.
  if (update.capacityProviderStrategy) update.forceNewDeployment = true

  const plan = { current, revision, tags, update, earlierDeployment: undefined }
  await requireCallAllowed(account, caller, plan, base)
  const unsentPlan = firstTryAt ? await withoutEarlierSteps(account, plan, firstTryAt) : plan
  if (unsentPlan.earlierDeployment === undefined && (unsentPlan.revision || startsDeployment(unsentPlan.update)))
    await requireNoDeployment?.(current)
  return unsentPlan
}

/** @throws Forbidden `OutsideFence`, `GuardrailBroken` */
async function requireCallAllowed(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  { current, revision, tags, update }: ServicePlan,
  base: string | undefined,
): Promise<void> {
  account.guardrails.requireAllowed('UpdateService', update)
  if (update.taskDefinition !== undefined) requireFamilyInFence(caller, update.taskDefinition)
  if (base !== undefined) requireFamilyInFence(caller, base)
  // A new revision is checked when it is registered: RegisterTaskDefinition is the first call of the plan.
  if (!revision) await requireAllowedDeployment(account, current, update)
  if (tags) requireTagsAllowed(account, current.serviceArn!, current.tags ?? [], tags)
}

/** The plan without the revision and the deployment that an earlier try of the same request created. */
async function withoutEarlierSteps(account: Account, plan: ServicePlan, firstTryAt: Date): Promise<ServicePlan> {
  const update = { ...plan.update }
  const registered = plan.revision && (await findRegisteredSince(account, plan.revision.input, firstTryAt))
  if (registered) update.taskDefinition = definitionNameOf(registered)
  const earlierDeployment = findDeploymentSince(plan.current, firstTryAt)
  if (earlierDeployment !== undefined && !update.capacityProviderStrategy) delete update.forceNewDeployment
  return { ...plan, revision: registered ? undefined : plan.revision, update, earlierDeployment }
}

/** Patches the task definition that the body names; without one, the definition of the PRIMARY deployment. */
async function applyDefinitionPatch(
  account: Account,
  { definition, update: body }: ServicePatch,
  current: Service,
): Promise<PatchedDefinition | undefined> {
  if (!definition) return undefined
  const given = body.input.taskDefinition
  const base =
    typeof given === 'string' ? given : (primaryDeployment(current)?.taskDefinition ?? current.taskDefinition ?? '')
  try {
    return await patchDefinition(account, base, definition)
  } catch (error) {
    throw withPointerToBody(error, body)
  }
}

async function applyPlan(
  account: Account,
  { current, revision, tags, update: planned, earlierDeployment }: ServicePlan,
  patch: ServicePatch,
): Promise<ChangedService> {
  const update = revision ? { ...planned, taskDefinition: await register(account, revision) } : planned
  const tagged = tags ? await tagService(account, current, tags) : current
  if (Object.keys(update).length === 0) return { service: tagged, deploymentId: earlierDeployment }
  try {
    return await updateService(account, tagged, update)
  } catch (error) {
    throw withPointerToBody(error, patch.update)
  }
}

async function register(account: Account, { input, withPointerToField }: RevisionPlan): Promise<string> {
  try {
    return definitionNameOf(await registerRevision(account, input))
  } catch (error) {
    throw withPointerToField(error)
  }
}

async function tagService(account: Account, current: Service, tags: Tag[]): Promise<Service> {
  await setTags(account, current.serviceArn!, current.tags ?? [], tags)
  const tagged = { ...current, tags }
  recordServiceWrite(account, tagged, { before: current, fields: ['tags'] })
  return tagged
}

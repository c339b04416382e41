/** Plans a rollback: the calls that restore a release, and what they change. Changes nothing in AWS. */
import type { ContainerImage, RegisterTaskDefinitionRequest, Service, ServiceRevision } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { withoutSecrets } from '../access/without-secrets.ts'
import type { Account } from '../aws/account.ts'
import type { ReleaseHead, ReleaseLog } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import type { Change } from '../plans/differences.ts'
import { BadRequest, Conflict } from '../problems/problem.ts'
import { clusterOf } from '../services/get.ts'
import { isDeploying } from '../services/primary-deployment.ts'
import { presentService } from '../services/schema.ts'
import type { ServiceUpdate } from '../services/update.ts'
import type { TaggedDefinition } from '../task-definitions/get.ts'
import { changesBetween, type DeployedContent, type ReleaseContent } from './changes.ts'
import type { CollectedReleases } from './collect.ts'
import { contentsOf, currentRelease } from './diff.ts'
import { isSameContent, pinnedInput, planDefinition } from './pinned-definition.ts'
import { restoredMembers } from './restored-members.ts'
import type { RollbackTarget } from './rollback-body.ts'
import { arePinned, imagesOf } from './schema.ts'

export interface RollbackPlan {
  current: Service
  /** The release to restore. */
  target: ReleaseHead
  /** The definition to register first; undefined when a registered one serves. */
  register: RegisterTaskDefinitionRequest | undefined
  /** Without `taskDefinition` when one is registered first. Without any member, the release runs already. */
  update: ServiceUpdate
  changes: Change[]
  effects: string[]
  warnings: string[]
  imagesPinned: boolean
}

/** The settings that a service revision does not hold (docs/releases.md). */
const keptSettings =
  'What a service revision does not hold stays as it is now: deployment configuration, health check grace period, ' +
  'ECS Exec, tags and their propagation, placement, Availability Zone rebalancing.'

/**
 * @throws BadRequest `ReleaseNotFound` with the pointer of the body
 * @throws Conflict `NoReleaseToRestore`, `ReleaseIncomplete`
 * @throws Forbidden `OutsideFence` for a task definition outside of the caller's fence
 */
export async function planRollback(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  collected: CollectedReleases,
  wanted: RollbackTarget,
  releaseLog: ReleaseLog,
): Promise<RollbackPlan> {
  const { service } = collected
  const target = await chooseRelease(collected, wanted, releaseLog)
  const current = currentRelease(collected)
  const [now, past] = (await contentsOf(account, caller, collected, [current, target], releaseLog)) as [
    DeployedContent,
    DeployedContent,
  ]
  const images = imagesOf(past.revision)
  const common = { current: service, target, imagesPinned: arePinned(images) }
  const nothing = {
    ...common,
    register: undefined,
    update: {},
    changes: [],
    effects: [`Release ${target.number} runs already, so nothing is deployed.`],
    warnings: [],
  }
  if (target.revision === current.revision) return nothing
  const base = definitionToRestore(target, past)
  const { update: members, warnings: ofMembers } = restoredMembers(now.revision, past.revision)
  const warnings = [...warningsOf(account, service, images), ...ofMembers]
  const input = pinnedInput(base, images)
  // A deployment would resolve the tags of the running definition again, so it serves only where there is none.
  const isRunning = now.definition && isSameContent(pinnedInput(now.definition, imagesOf(now.revision)), input)
  if (isRunning && Object.keys(members).length === 0) return { ...nothing, warnings }
  const definition = await planDefinition(account, base, input, now.definition)
  const isOther = definition.registeredName !== undefined && definition.registeredName !== now.definitionName
  const update = { ...(isOther && { taskDefinition: definition.registeredName }), ...members }
  const { family } = input
  const restored: ReleaseContent = {
    revision: past.revision,
    definition: input,
    definitionName: definition.registeredName ?? `a new revision of ${family}`,
  }
  return {
    ...common,
    register: definition.registeredName === undefined ? input : undefined,
    update,
    changes: changesBetween(now, restored),
    effects: [
      ...(definition.registeredName === undefined
        ? [`A new revision of ${family} is registered, because ${definition.why}.`]
        : []),
      `One deployment replaces the tasks of the service ${service.serviceName}. ` +
        `Its desired count stays ${service.desiredCount}.`,
      keptSettings,
    ],
    warnings,
  }
}

function warningsOf(account: Account, service: Service, images: readonly ContainerImage[]): string[] {
  const warnings: string[] = []
  if (isDeploying(service)) warnings.push('A deployment of the service is in progress, which the rollback replaces.')
  if (!arePinned(images))
    warnings.push(
      `The digests of ${unpinned(images)} are not known: ECS resolves their tags with each deployment, and they may ` +
        'have moved.',
    )
  if (account.runtime === 'simulated')
    warnings.push('The simulated runtime makes digests from the names of images: no registry has them.')
  return warnings
}

function unpinned(images: readonly ContainerImage[]): string {
  const names = images.filter(({ imageDigest }) => imageDigest === undefined).map(({ containerName }) => containerName)
  return names.length === 0 ? 'its images' : `the images of ${names.join(', ')}`
}

/** @throws BadRequest `ReleaseNotFound`; Conflict `NoReleaseToRestore` */
export async function chooseRelease(
  { service, life, releases, current }: CollectedReleases,
  wanted: RollbackTarget,
  releaseLog: ReleaseLog,
): Promise<ReleaseHead> {
  if (wanted === 'newest stable') {
    const stable = newest(releases.filter(({ outcome, revision }) => outcome === 'stable' && revision !== current))
    if (stable) return stable
    throw new Conflict(
      'NoReleaseToRestore',
      `The service ${service.serviceName} has no release that became stable, except the one deployed now.`,
      { next: 'GET …/releases lists its releases; name one of them in the body.' },
    )
  }
  if ('release' in wanted) {
    const found = releases.find(({ number }) => number === wanted.release)
    if (found) return found
    throw notFound(service, `no release ${wanted.release}`, '/release')
  }
  const revisions: Map<string, ServiceRevision> = await releaseLog.revisions(
    life.account,
    releases.map(({ revision }) => revision),
  )
  const name = shortName(wanted.taskDefinition)
  const candidates = releases.filter(({ revision }) => {
    const { taskDefinition } = revisions.get(revision) ?? {}
    return taskDefinition !== undefined && shortName(taskDefinition) === name
  })
  const found = newest(candidates.filter(({ outcome }) => outcome === 'stable')) ?? newest(candidates)
  if (found) return found
  throw notFound(service, `no release with the task definition ${name}`, '/taskDefinition')
}

export function newest(releases: readonly ReleaseHead[]): ReleaseHead | undefined {
  return [...releases].sort((a, b) => (a.created_at < b.created_at ? 1 : -1))[0]
}

function notFound({ serviceName }: Service, what: string, pointer: string): BadRequest {
  return new BadRequest('ReleaseNotFound', `The service ${serviceName} has ${what}.`, {
    next: 'GET …/releases lists its releases.',
    errors: [{ in: 'body', pointer, message: `the service has ${what}` }],
  })
}

/** The release's definition. @throws Conflict `ReleaseIncomplete` */
function definitionToRestore(
  { number }: ReleaseHead,
  { definition, definitionName }: DeployedContent,
): TaggedDefinition {
  if (definition && definition.status !== 'DELETE_IN_PROGRESS') return definition
  const reason =
    definitionName === null
      ? 'ECS does not describe its service revision, so its configuration is not known.'
      : `its task definition ${definitionName} ${definition ? 'was deleted' : 'does not exist any more'}.`
  throw new Conflict('ReleaseIncomplete', `Release ${number} cannot be restored: ${reason}`, {
    next: 'Restore another release, or PATCH the service.',
    also: { missing: [definitionName === null ? 'serviceRevision' : `taskDefinition ${definitionName}`] },
  })
}

/** The plan as `?dryRun=true` returns it. */
export function presentPlan({ current, target, register, update, ...plan }: RollbackPlan): object {
  const updateInput = {
    cluster: clusterOf(current),
    service: current.serviceName,
    ...(register && { taskDefinition: `${register.family}:(the revision registered before)` }),
    ...update,
  }
  const isUpdate = register !== undefined || Object.keys(update).length > 0
  return {
    release: target.number,
    imagesPinned: plan.imagesPinned,
    changes: plan.changes,
    calls: [
      ...(register ? [{ action: 'RegisterTaskDefinition', input: withoutSecrets(register) }] : []),
      ...(isUpdate ? [{ action: 'UpdateService', input: withoutSecrets(updateInput) }] : []),
    ],
    effects: plan.effects,
    warnings: plan.warnings,
    configVersion: presentService(current).configVersion,
  }
}

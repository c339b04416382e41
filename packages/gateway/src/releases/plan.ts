/** Plans a rollback: the calls that restore a release, and the changes that they make. Sends no change to AWS. */
import type { ContainerImage, RegisterTaskDefinitionRequest, Service, ServiceRevision } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { withoutSecrets } from '../access/without-secrets.ts'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog, ReleaseSummary } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import type { Change } from '../plans/differences.ts'
import { type EffectKind, type PlanWarning, warningMembers } from '../plans/plan.ts'
import { BadRequest, Conflict } from '../problems/problem.ts'
import { clusterOf } from '../services/get.ts'
import { isDeploying } from '../services/primary-deployment.ts'
import { toServiceResource } from '../services/schema.ts'
import type { ServiceUpdate } from '../services/update.ts'
import type { TaskDefinitionWithTags } from '../task-definitions/get.ts'
import { type DeployedContent, type ReleaseContent, releaseChangesBetween } from './changes.ts'
import type { CollectedReleases } from './collect.ts'
import { currentRelease, getReleaseContents } from './diff.ts'
import { isSameContent, pinnedInput, planPinnedDefinition } from './pinned-definition.ts'
import { restoredMembers } from './restored-members.ts'
import type { RollbackTarget } from './rollback-body.ts'
import { areImagesPinned, imagesOf } from './schema.ts'

export interface RollbackPlan {
  service: Service
  /** The release to restore. */
  release: ReleaseSummary
  /** The definition to register first; undefined when a registered definition has the content. */
  definitionToRegister: RegisterTaskDefinitionRequest | undefined
  /** Lacks `taskDefinition` when `definitionToRegister` is given. Without any member, the release runs already. */
  update: ServiceUpdate
  changes: Change[]
  effects: { kind: EffectKind; text: string }[]
  warnings: PlanWarning[]
  imagesPinned: boolean
}

/** A service revision does not contain all settings of a service (docs/releases.md). */
const settingsNotRestored =
  'These settings are no part of a release and stay as they are now: deployment configuration, health check grace ' +
  'period, ECS Exec, tags and their propagation, placement, Availability Zone rebalancing.'

/**
 * Plans to restore the release that the body names.
 * @throws BadRequest `ReleaseNotFound` with the pointer of the body
 * @throws Conflict `NoReleaseToRestore`, `ReleaseIncomplete`
 * @throws Forbidden `OutsideFence` for a task definition outside of the caller's fence
 */
export async function planRollback(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  collected: CollectedReleases,
  target: RollbackTarget,
  releaseLog: ReleaseLog,
): Promise<RollbackPlan> {
  const planFor = (release: ReleaseSummary) => planRelease(account, caller, collected, release, releaseLog)
  if (target !== 'newest stable') return planFor(await chooseRelease(collected, target, releaseLog))
  let newest: RollbackPlan | undefined
  // A release with the content that runs already is skipped, such as the one before a restart.
  for (const release of stableReleases(collected)) {
    const plan = await planFor(release)
    if (deploysAnything(plan)) return plan
    newest ??= plan
  }
  return newest!
}

/** Whether the plan deploys anything. It does not when its release runs already. */
export function deploysAnything({
  definitionToRegister,
  update,
}: Pick<RollbackPlan, 'definitionToRegister' | 'update'>): boolean {
  return definitionToRegister !== undefined || Object.keys(update).length > 0
}

async function planRelease(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  collected: CollectedReleases,
  release: ReleaseSummary,
  releaseLog: ReleaseLog,
): Promise<RollbackPlan> {
  const { service } = collected
  const current = currentRelease(collected)
  const [currentContent, targetContent] = (await getReleaseContents(
    account,
    caller,
    collected,
    [current, release],
    releaseLog,
  )) as [DeployedContent, DeployedContent]
  const images = imagesOf(targetContent.revision)
  const commonMembers = { service, release, imagesPinned: areImagesPinned(images) }
  const emptyPlan = {
    ...commonMembers,
    definitionToRegister: undefined,
    update: {},
    changes: [],
    effects: [{ kind: 'unchanged' as const, text: `Release ${release.number} runs already, so nothing is deployed.` }],
    warnings: [],
  }
  if (release.revision === current.revision) return emptyPlan
  const base = definitionToRestore(release, targetContent)
  const { update: members, warnings: memberWarnings } = restoredMembers(currentContent.revision, targetContent.revision)
  const warnings = [...outcomeWarning(release), ...warningsOf(account, service, images), ...memberWarnings]
  const input = pinnedInput(base, images)
  // Tasks that run the release's images need no deployment, unless other members change. A deployment would resolve the
  // tags of the running definition again, so the definition with digests is deployed then.
  const isRunning =
    currentContent.definition &&
    isSameContent(pinnedInput(currentContent.definition, imagesOf(currentContent.revision)), input)
  if (isRunning && Object.keys(members).length === 0) return { ...emptyPlan, warnings }
  const definition = await planPinnedDefinition(account, base, input, currentContent.definition)
  const isOtherDefinition =
    definition.registeredName !== undefined && definition.registeredName !== currentContent.definitionName
  const update = { ...(isOtherDefinition && { taskDefinition: definition.registeredName }), ...members }
  const { family } = input
  const restored: ReleaseContent = {
    revision: targetContent.revision,
    definition: input,
    definitionName: definition.registeredName ?? `a new revision of ${family}`,
  }
  const changes = releaseChangesBetween(currentContent, restored)
  const replacement =
    `One deployment replaces the tasks of the service ${service.serviceName}. ` +
    `Its desired count stays ${service.desiredCount}.`
  return {
    ...commonMembers,
    definitionToRegister: definition.registeredName === undefined ? input : undefined,
    update,
    changes,
    effects: [
      { kind: 'release', text: restoredText(release, base, changes) },
      { kind: 'reaction', text: replacement },
      ...(definition.registeredName === undefined
        ? [
            {
              kind: 'registration' as const,
              text: `A new revision of ${family} is registered, because ${definition.reason}.`,
            },
          ]
        : []),
      { kind: 'kept', text: settingsNotRestored },
    ],
    warnings,
  }
}

/** `Release 1 comes back: nginx:1.27, with its command.` */
function restoredText(
  { number }: ReleaseSummary,
  { containerDefinitions = [] }: TaskDefinitionWithTags,
  changes: readonly Change[],
): string {
  const images = containerDefinitions.map(({ name, image = '' }) => {
    const shortImage = image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…')
    return containerDefinitions.length > 1 ? `${shortImage} (${name})` : shortImage
  })
  const commands = changes.filter(({ path }) => /^\/containers\/[^/]+\/command$/.test(path))
  const words =
    commands.length === 0
      ? ''
      : commands.every(({ to }) => to === null)
        ? ', with the command of the image'
        : ', with its command'
  return `Release ${number} comes back: ${images.join(', ')}${words}.`
}

function outcomeWarning({ number, outcome }: ReleaseSummary): string[] {
  return /^(failed|rolled-back)$/.test(outcome) ? [`Release ${number} failed when it was deployed (${outcome}).`] : []
}

function warningsOf(account: Account, service: Service, images: readonly ContainerImage[]): PlanWarning[] {
  const warnings: PlanWarning[] = []
  if (isDeploying(service)) warnings.push('A deployment of the service is in progress, which the rollback replaces.')
  if (!areImagesPinned(images))
    warnings.push(
      `The digests of ${namesOfUnpinned(images)} are not known: ECS resolves their tags with each deployment, and they may ` +
        'have moved.',
    )
  if (account.runtime === 'simulated')
    warnings.push({
      kind: 'simulation',
      text: 'The simulated runtime makes digests from the names of images: no registry has them.',
    })
  return warnings
}

function namesOfUnpinned(images: readonly ContainerImage[]): string {
  const names = images.filter(({ imageDigest }) => imageDigest === undefined).map(({ containerName }) => containerName)
  return names.length === 0 ? 'its images' : `the images of ${names.join(', ')}`
}

/** The stable releases except the current one, the newest first. @throws Conflict `NoReleaseToRestore` */
function stableReleases({ service, releases, currentArn }: CollectedReleases): ReleaseSummary[] {
  const stable = releases.filter(({ outcome, revision }) => outcome === 'stable' && revision !== currentArn)
  if (stable.length > 0) return sortNewestFirst(stable)
  throw new Conflict(
    'NoReleaseToRestore',
    `The service ${service.serviceName} has no release that became stable, except the one deployed now.`,
    { next: 'GET …/releases lists its releases; name one of them in the body.' },
  )
}

/** @throws BadRequest `ReleaseNotFound` */
export async function chooseRelease(
  { service, identity, releases }: CollectedReleases,
  target: Exclude<RollbackTarget, 'newest stable'>,
  releaseLog: ReleaseLog,
): Promise<ReleaseSummary> {
  if ('release' in target) {
    const found = releases.find(({ number }) => number === target.release)
    if (found) return found
    throw releaseNotFound(service, `no release ${target.release}`, '/release')
  }
  const revisions: Map<string, ServiceRevision> = await releaseLog.getRevisions(
    identity.account,
    releases.map(({ revision }) => revision),
  )
  const name = shortName(target.taskDefinition)
  const candidates = releases.filter(({ revision }) => {
    const { taskDefinition } = revisions.get(revision) ?? {}
    return taskDefinition !== undefined && shortName(taskDefinition) === name
  })
  const [newest] = sortNewestFirst(candidates)
  const found = sortNewestFirst(candidates).find(({ outcome }) => outcome === 'stable') ?? newest
  if (found) return found
  throw releaseNotFound(service, `no release with the task definition ${name}`, '/taskDefinition')
}

export function sortNewestFirst(releases: readonly ReleaseSummary[]): ReleaseSummary[] {
  return [...releases].sort((a, b) => (a.created_at < b.created_at ? 1 : -1))
}

function releaseNotFound({ serviceName }: Service, what: string, pointer: string): BadRequest {
  return new BadRequest('ReleaseNotFound', `The service ${serviceName} has ${what}.`, {
    next: 'GET …/releases lists its releases.',
    errors: [{ in: 'body', pointer, message: `the service has ${what}` }],
  })
}

/** The release's definition. @throws Conflict `ReleaseIncomplete` */
function definitionToRestore(
  { number }: ReleaseSummary,
  { definition, definitionName }: DeployedContent,
): TaskDefinitionWithTags {
  if (definition && definition.status !== 'DELETE_IN_PROGRESS') return definition
  const reason =
    definitionName === null
      ? 'ECS does not describe its service revision, so its configuration is not known.'
      : `its task definition ${definitionName} ${definition ? 'was deleted' : 'does not exist any more'}.`
  throw new Conflict('ReleaseIncomplete', `Release ${number} cannot be restored: ${reason}`, {
    next: 'Restore another release, or PATCH the service.',
    extensionMembers: { missing: [definitionName === null ? 'serviceRevision' : `taskDefinition ${definitionName}`] },
  })
}

/** The plan as `?dryRun=true` returns it. */
export function toRollbackPlanResource({
  service,
  release,
  definitionToRegister,
  update,
  ...plan
}: RollbackPlan): object {
  const updateInput = {
    cluster: clusterOf(service),
    service: service.serviceName,
    ...(definitionToRegister && { taskDefinition: `${definitionToRegister.family}:(the revision registered before)` }),
    ...update,
  }
  const isUpdate = deploysAnything({ definitionToRegister, update })
  return {
    release: release.number,
    imagesPinned: plan.imagesPinned,
    changes: plan.changes,
    calls: [
      ...(definitionToRegister
        ? [{ action: 'RegisterTaskDefinition', input: withoutSecrets(definitionToRegister) }]
        : []),
      ...(isUpdate ? [{ action: 'UpdateService', input: withoutSecrets(updateInput) }] : []),
    ],
    effects: plan.effects.map(({ text }) => text),
    effectKinds: plan.effects.map(({ kind }) => kind),
    ...warningMembers(plan.warnings),
    configVersion: toServiceResource(service).configVersion,
  }
}

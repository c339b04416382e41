import type { AccountClient, ServicePatch } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import { printChangedService } from '../changed-service.ts'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { type DeployPatch, patchOfFlags } from '../deploy-patch.ts'
import { UsageError } from '../errors.ts'
import {
  containersOfDefinition,
  type KnownValues,
  valuesFromFlags,
  withKnownValues,
  withMergePatch,
} from '../hidden-values.ts'
import { applyPlan, showPlanAndConfirm } from '../plan.ts'
import { followRollout, scalingFollowOptions } from '../progress/follow-rollout.ts'
import { pairsText } from '../views/services.ts'

/** Changes a service: shows the gateway's plan, asks, applies it, and follows the deployment. */
export async function deploy(input: CommandInput): Promise<number> {
  const { flags, out } = input
  const file = flags.text('file')
  const body = file === undefined ? undefined : await readBodyFile(file, input.signal)
  const { account, ref } = await findService(input, input.args[0])
  const name = `${ref.cluster}/${ref.name}`
  const { patch, containersOfFlags } = await patchOfFlags(flags, account, ref, body?.value as ServicePatch | undefined)
  if (Object.keys(patch).length === 0)
    throw new UsageError(
      'Which change? Give --image, --env, --command, --count, -f FILE or another flag.',
      'ecs-api deploy --help',
    )
  const readPlan = () => account.services.update(ref, patch, { dryRun: true })
  const plan = await (body ? body.sendAndLocateErrors(readPlan) : readPlan())
  const changes = withKnownValues(plan.changes, await knownValues(input, account, ref, { patch, containersOfFlags }))
  const outcome = await showPlanAndConfirm(input, { heading: `Deploy to ${name}:`, plan: { ...plan, changes } })
  if (!outcome.isConfirmed) return outcome.exitCode
  const { ifMatch } = outcome
  const rollout = await applyPlan(input, {
    name,
    apply: () => account.services.update(ref, patch, ifMatch === undefined ? {} : { ifMatch }),
    readPlan,
  })
  const { service } = rollout
  if (flags.isSet('detach')) {
    const deployment = await rollout.deploymentId()
    await out.valueOrLines({ deployment }, [deployment ?? 'none'], { name })
    return 0
  }
  if (Object.keys(patch).every((member) => member === 'tags')) {
    const { tags } = await account.services.get(ref, { fresh: true })
    out.note(`✓ The tags of ${name}: ${pairsText(tags) || 'none'}. Nothing was deployed.`, 'green')
    return 0
  }
  const title = `Deploying ${service.taskDefinition} to ${name}`
  const [change, ...otherChanges] = plan.changes
  const isScaling = change?.path === '/desiredCount' && otherChanges.length === 0
  const followOptions = isScaling
    ? scalingFollowOptions(name, Number(change.from))
    : { undo: `Roll it back: ecs-api rollback ${name}` }
  await printChangedService(
    out,
    account,
    await followRollout({ input, account, title, rollout, service, ...followOptions }),
  )
  return 0
}

/** The values that the plan hides: all with `--show-values`, otherwise on a terminal the values of the flags. */
async function knownValues(
  { flags, out }: CommandInput,
  account: AccountClient,
  ref: { cluster: string; name: string },
  { patch, containersOfFlags }: DeployPatch,
): Promise<KnownValues> {
  const isOnTerminal = flags.isSet('plan') ? out.stdoutIsTerminal : out.stderrIsTerminal
  if (!flags.isSet('show-values'))
    return out.isForPeople && isOnTerminal ? { to: valuesFromFlags(containersOfFlags) } : {}
  const { taskDefinition } = await account.services.get(ref, { fresh: true })
  const from = await containersOfDefinition(account, taskDefinition)
  const isSame = patch.taskDefinition === undefined || patch.taskDefinition === null
  const base = isSame ? from : await containersOfDefinition(account, patch.taskDefinition)
  return { from, to: withMergePatch(base, patch.containers) }
}

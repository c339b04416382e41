import type { AccountClient, ServicePatch } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import { printChangedService } from '../changed-service.ts'
import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { type DeployPatch, patchOfFlags } from '../deploy-patch.ts'
import { UsageError } from '../errors.ts'
import { containersOfDefinition, type KnownValues, typedValues, withKnownValues, withPatch } from '../hidden-values.ts'
import { applyPlan, confirmPlan } from '../plan.ts'
import { asScaling, followRollout } from '../progress/follow-rollout.ts'
import { pairsText } from '../shapes/services.ts'

/** Changes a service: shows the gateway's plan, asks, applies it, and follows the deployment. */
export async function deploy(input: Input): Promise<number> {
  const { flags, out } = input
  const file = flags.text('file')
  const body = file === undefined ? undefined : await readBodyFile(file)
  const { account, ref } = await findService(input, input.args[0])
  const name = `${ref.cluster}/${ref.name}`
  const { patch, typed } = await patchOfFlags(flags, account, ref, body?.value as ServicePatch | undefined)
  if (Object.keys(patch).length === 0)
    throw new UsageError(
      'Which change? Give --image, --env, --command, --count, -f FILE or another flag.',
      'ecs-api deploy --help',
    )
  const readPlan = () => account.services.update(ref, patch, { dryRun: true })
  const plan = await (body ? body.sendWithErrorPlaces(readPlan) : readPlan())
  const changes = withKnownValues(plan.changes, await knownValues(input, account, ref, { patch, typed }))
  const outcome = await confirmPlan(input, { heading: `Deploy to ${name}:`, plan: { ...plan, changes } })
  if (!outcome.isConfirmed) return outcome.exit
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
  const kind = isScaling ? asScaling(name, Number(change.from)) : { undo: `Roll it back: ecs-api rollback ${name}` }
  await printChangedService(out, account, await followRollout({ input, account, title, rollout, service, ...kind }))
  return 0
}

/** The values for the hidden ones of the plan: with `--show-values` all, otherwise on a terminal the typed ones. */
async function knownValues(
  { flags, out }: Input,
  account: AccountClient,
  ref: { cluster: string; name: string },
  { patch, typed }: DeployPatch,
): Promise<KnownValues> {
  const isOnTerminal = flags.isSet('plan') ? out.stdoutIsTerminal : out.stderrIsTerminal
  if (!flags.isSet('show-values')) return out.isForPeople && isOnTerminal ? { to: typedValues(typed) } : {}
  const { taskDefinition } = await account.services.get(ref, { fresh: true })
  const from = await containersOfDefinition(account, taskDefinition)
  const isSame = patch.taskDefinition === undefined || patch.taskDefinition === null
  const base = isSame ? from : await containersOfDefinition(account, patch.taskDefinition)
  return { from, to: withPatch(base, patch.containers) }
}

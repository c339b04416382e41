import type { AccountDiagnosis } from '@ecs-api/client'
import { isPaused, serviceSentence, verdictOfDiagnosis, verdictOfState } from '@ecs-api/client/words'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { currentDeployments } from '../current-deployments.ts'
import type { Out } from '../out/out.ts'
import { printableLine } from '../out/printable.ts'
import { nextStepText } from '../views/next-step.ts'
import { serviceView, styleOfVerdict } from '../views/services.ts'

/** Shows all services that are not healthy, or one service with the sentence that the console shows. */
export async function showStatus(input: CommandInput): Promise<void> {
  const { args, target, out, account, now } = input
  const { paint } = out
  if (args[0] !== undefined || target.service !== undefined) {
    const reference = await findService(input, args[0])
    const service = await reference.account.services.get(reference.ref)
    const { items } = await reference.account.deployments.page(reference.ref, { limit: 1 })
    const { state, text, detail } = serviceSentence(service, items, now())
    const verdict = verdictOfState(state)
    const line = `${serviceView.name(service)}  ${paint(styleOfVerdict[verdict], verdict)}  ${printableLine(text)}`
    const name = serviceView.name(service)
    const details = [detail, nextStepText(items[0], now())].flatMap((each) => (each ? `  ${printableLine(each)}` : []))
    await out.valueOrLines(service, [line, ...details], { name })
    if (verdict === 'failed') out.note(`Why: ecs-api why ${printableLine(name)}`)
    else if (items[0] && isPaused(items[0])) out.note(continueNote(name))
    return
  }
  const client = await account()
  const accountDiagnosis = await client.diagnosis()
  const diagnosis = target.cluster === undefined ? accountDiagnosis : withinCluster(accountDiagnosis, target.cluster)
  // An unknown cluster has no services either. This call throws for it.
  if (target.cluster !== undefined && diagnosis.services.length === 0) await client.clusters.get(target.cluster)
  const deployments = out.isForPeople ? await currentDeployments(client, diagnosis) : undefined
  const lines = [
    await accountStatusLine(input, diagnosis),
    ...diagnosis.services.flatMap(({ cluster, service, status, summary }) => {
      const name = `${cluster}/${service}`
      const deployment = deployments?.get(name)
      const isWaiting = deployment !== undefined && isPaused(deployment)
      const nextStep = isWaiting ? nextStepText(deployment, now()) : undefined
      const text = isWaiting ? `${deployment.waitingFor}.` : summary
      return [
        `  ${printableLine(name)}  ${verdictWord(status, out)}  ${printableLine(text)}`,
        ...(nextStep ? [`    ${printableLine(nextStep)}`] : []),
      ]
    }),
  ]
  await out.valueOrLines(diagnosis, lines)
  const firstFailed = diagnosis.services.find(({ status }) => verdictOfDiagnosis(status) === 'failed')
  if (firstFailed) out.note(`Why: ecs-api why ${printableLine(`${firstFailed.cluster}/${firstFailed.service}`)}`)
  const [firstPaused] = [...(deployments ?? [])].find(([, deployment]) => isPaused(deployment)) ?? []
  if (firstPaused !== undefined) out.note(continueNote(firstPaused))
}

function continueNote(service: string): string {
  const command = `ecs-api deployments continue ${printableLine(service)}`
  return `Continue: ${command}   Or roll back: ${command} --rollback`
}

/** The diagnosis without the services of other clusters. `notChecked` stays the one of the whole account. */
function withinCluster(diagnosis: AccountDiagnosis, cluster: string): AccountDiagnosis {
  const services = diagnosis.services.filter((service) => service.cluster === cluster)
  const hasNoDiagnosis = diagnosis.services.length === 0 && diagnosis.status === 'unknown'
  return {
    ...diagnosis,
    // The gateway lists the most urgent service first.
    status: services[0]?.status ?? (hasNoDiagnosis ? 'unknown' : 'healthy'),
    summary: summaryOf(services, cluster),
    services,
  }
}

/** A service in a deployment without a failure is not healthy yet, and needs no attention. */
function summaryOf(services: AccountDiagnosis['services'], cluster: string): string {
  const unhealthyCount = services.filter(({ status }) => status !== 'progressing').length
  const changingCount = services.length - unhealthyCount
  if (unhealthyCount > 0)
    return `${unhealthyCount} ${unhealthyCount === 1 ? 'service needs' : 'services need'} attention in the cluster ${cluster}.`
  const none = `None of the checked services needs attention in the cluster ${cluster}`
  return changingCount === 0
    ? `${none}.`
    : `${none}, and ${changingCount} ${changingCount === 1 ? 'is' : 'are'} changing.`
}

/** One line: the account's name, the verdict, and the summary of the diagnosis. */
export async function accountStatusLine(
  { accountName, out }: CommandInput,
  { status, summary }: AccountDiagnosis,
): Promise<string> {
  return `${await accountName()}  ${verdictWord(status, out)}  ${printableLine(summary)}`
}

function verdictWord(status: AccountDiagnosis['status'], { paint }: Out): string {
  const verdict = verdictOfDiagnosis(status)
  return paint(styleOfVerdict[verdict], verdict)
}

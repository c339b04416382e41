import type { AccountDiagnosis } from '@ecs-api/client'
import { serviceSentence, verdictOfDiagnosis, verdictOfState } from '@ecs-api/client/words'
import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import type { Out } from '../out/out.ts'
import { printable } from '../out/printable.ts'
import { serviceShape, styleOfVerdict } from '../shapes/services.ts'

/** All services that are not healthy, or one service in the sentence of the console. */
export async function showStatus(input: Input): Promise<void> {
  const { args, target, out, account, now } = input
  const { paint } = out
  if (args[0] !== undefined || target.service !== undefined) {
    const found = await findService(input, args[0])
    const service = await found.account.services.get(found.ref)
    const { items } = await found.account.deployments.page(found.ref, { limit: 1 })
    const { state, text, detail } = serviceSentence(service, items, now())
    const verdict = verdictOfState(state)
    const line = `${serviceShape.name(service)}  ${paint(styleOfVerdict[verdict], verdict)}  ${printable(text)}`
    const name = serviceShape.name(service)
    const details = detail === undefined ? [] : [`  ${printable(detail)}`]
    await out.value(service, [line, ...details], name)
    if (verdict === 'failed') out.note(`Why: ecs-api why ${printable(name)}`)
    return
  }
  const diagnosis = await (await account()).diagnosis()
  const shown = diagnosis.services.filter(({ cluster }) => target.cluster === undefined || cluster === target.cluster)
  const lines = [
    await accountStatusLine(input, diagnosis),
    ...shown.map(
      ({ cluster, service, status, summary }) =>
        `  ${printable(`${cluster}/${service}`)}  ${verdictWord(status, out)}  ${printable(summary)}`,
    ),
  ]
  await out.value(diagnosis, lines)
  const worst = shown.find(({ status }) => verdictOfDiagnosis(status) === 'failed')
  if (worst) out.note(`Why: ecs-api why ${printable(`${worst.cluster}/${worst.service}`)}`)
}

export async function accountStatusLine(
  { accountName, out }: Input,
  { status, summary }: AccountDiagnosis,
): Promise<string> {
  return `${await accountName()}  ${verdictWord(status, out)}  ${printable(summary)}`
}

function verdictWord(status: AccountDiagnosis['status'], { paint }: Out): string {
  const verdict = verdictOfDiagnosis(status)
  return paint(styleOfVerdict[verdict], verdict)
}

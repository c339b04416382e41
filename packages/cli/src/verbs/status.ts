import type { AccountDiagnosis } from '@ecs-api/client'
import { sentence } from '@ecs-api/client/words'
import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { printable } from '../out/printable.ts'
import type { Style } from '../out/style.ts'
import { serviceShape, styleOfVerdict, verdictOf } from '../shapes/services.ts'

type Status = AccountDiagnosis['status']

const styles: Readonly<Record<Status, Style>> = {
  healthy: 'green',
  progressing: 'yellow',
  degraded: 'red',
  failing: 'red',
  unknown: 'yellow',
}

/** All services that are not healthy, or one service in the sentence of the console. */
export async function showStatus(input: Input): Promise<void> {
  const { args, target, out, account, now } = input
  const { paint } = out
  if (args[0] !== undefined || target.service !== undefined) {
    const found = await findService(input, args[0])
    const service = await found.account.services.get(found.ref)
    const { items } = await found.account.deployments.page(found.ref, { limit: 1 })
    const { state, text, detail } = sentence(service, items, now())
    const verdict = verdictOf(state)
    const line = `${serviceShape.name(service)}  ${paint(styleOfVerdict[verdict], verdict)}  ${printable(text)}`
    return out.value(
      service,
      [line, ...(detail === undefined ? [] : [`  ${printable(detail)}`])],
      serviceShape.name(service),
    )
  }
  const diagnosis = await (await account()).diagnosis()
  const lines = [
    await accountStatusLine(input, diagnosis),
    ...diagnosis.services
      .filter(({ cluster }) => target.cluster === undefined || cluster === target.cluster)
      .map(
        ({ cluster, service, status, summary }) =>
          `  ${printable(`${cluster}/${service}`)}  ${paint(styles[status], status)}  ${printable(summary)}`,
      ),
  ]
  await out.value(diagnosis, lines)
}

export async function accountStatusLine(
  { accountName, out }: Input,
  { status, summary }: AccountDiagnosis,
): Promise<string> {
  return `${await accountName()}  ${out.paint(styles[status], status)}  ${printable(summary)}`
}

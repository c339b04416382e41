import type { AccountClient } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { collectPages } from '../list-flags.ts'
import { auditView } from '../views/gateway.ts'

interface ListScope {
  audit: Pick<AccountClient['audit'], 'page'>
  cluster?: string | undefined
  service?: string | undefined
}

/** Lists changes, the newest first: of a service, a cluster, an account or the whole gateway. */
export async function listAudit(input: CommandInput): Promise<void> {
  const { flags, out } = input
  const [argument] = input.args
  const { audit, cluster, service } = await findScope(input)
  const filter: Record<string, string> = {
    ...(flags.isSet('plans') ? {} : { kind: 'change' }),
    ...(cluster !== undefined && { cluster }),
    ...(service !== undefined && { service }),
  }
  for (const name of ['since', 'until', 'caller'] as const) {
    const value = flags.text(name)
    if (value !== undefined) filter[name] = value
  }
  const page = await collectPages(flags, (query) => audit.page({ ...filter, ...query }))
  const isCluster = argument !== undefined && !argument.includes('/')
  const whenEmpty = `${argument} is read as the name of a cluster. Of a token: ecs-api audit list --caller ${argument}`
  await out.list(isCluster ? { ...auditView, whenEmpty } : auditView, page)
}

/** The service is not looked up, because it may be deleted already. */
async function findScope(input: CommandInput): Promise<ListScope> {
  const { client, flags, target } = input
  const [argument] = input.args
  const service = argument?.includes('/') ? flagOrArgument(flags, 'service', argument) : flags.text('service')
  if (service?.includes('/')) {
    const { account, ref } = await findService(input, service)
    return { audit: account.audit, cluster: ref.cluster, service: ref.name }
  }
  const { audit } = target.account === undefined ? client : client.account(target.account)
  const cluster = argument?.includes('/') ? undefined : flagOrArgument(flags, 'cluster', argument)
  return { audit, cluster: cluster ?? target.cluster, service }
}

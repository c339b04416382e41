import type { Service } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { parseClusterReference } from '../context/references.ts'
import { currentDeployments } from '../current-deployments.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { collectPages } from '../list-flags.ts'
import { undefinedIfRejected } from '../undefined-if-rejected.ts'
import { type ListedService, serviceView } from '../views/services.ts'

/**
 * Lists the services of a cluster, or of all clusters. The columns need events, which the API lists only on request.
 */
export async function listServices(input: CommandInput): Promise<void> {
  const { target, flags, out } = input
  const named = flagOrArgument(flags, 'cluster', input.args[0]) ?? target.cluster
  const { account, ref } =
    named === undefined ? { account: await input.account() } : await parseClusterReference(input, named)
  const cluster = ref === undefined ? {} : { cluster: ref }
  const hasColumns = out.isForPeople || (out.format === 'tsv' && !flags.isSet('query'))
  // A program gets the services that it can change: draining ones are only shown to people.
  const more = hasColumns ? ({ include: 'events', status: 'ALL' } as const) : {}
  const readPage = (query: object) => account.services.page({ ...cluster, ...more, ...query })
  const [page, diagnosis] = await Promise.all([
    collectPages(flags, readPage),
    hasColumns && !flags.isSet('curl') ? account.diagnosis().catch(undefinedIfRejected) : undefined,
  ])
  const diagnoses = new Map(diagnosis?.services.map((each) => [`${each.cluster}/${each.service}`, each]))
  const currentDeploymentOf = diagnosis && (await currentDeployments(account, diagnosis))
  const withDiagnosis = (service: Service): ListedService => ({
    ...service,
    diagnosis: diagnoses.get(serviceView.name(service)),
    currentDeployment: currentDeploymentOf?.get(serviceView.name(service)),
  })
  await out.list(serviceView, hasColumns ? { ...page, items: page.items.map(withDiagnosis) } : page)
}

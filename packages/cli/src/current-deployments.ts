import type { AccountClient, AccountDiagnosis, ServiceDeployment } from '@ecs-api/client'
import { undefinedIfRejected } from './undefined-if-rejected.ts'

/** Each costs the gateway calls to AWS. */
const maxDeployments = 5

/**
 * Reads the deployments of the first services that are being deployed, since only a deployment tells that it waits at a
 * hook.
 * @returns by `cluster/service`
 */
export async function currentDeployments(
  account: AccountClient,
  { services }: AccountDiagnosis,
): Promise<ReadonlyMap<string, ServiceDeployment>> {
  const deploying = services.filter(({ status }) => status === 'progressing').slice(0, maxDeployments)
  const entries = deploying.map(async ({ cluster, service }) => {
    const page = await account.deployments.page({ cluster, name: service }, { limit: 1 }).catch(undefinedIfRejected)
    return page?.items.map((deployment) => [`${cluster}/${service}`, deployment] as const) ?? []
  })
  return new Map((await Promise.all(entries)).flat())
}

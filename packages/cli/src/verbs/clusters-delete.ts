import type { CommandInput } from '../command.ts'
import { parseClusterReference } from '../context/references.ts'
import { readPlanWhenEmpty } from '../deletion-wait.ts'
import { applyPlan, showPlanAndConfirm } from '../plan.ts'
import { clusterView } from '../views/clusters.ts'

/**
 * Deletes an empty cluster: shows the gateway's plan and asks for the name. With `--wait`, first waits for tasks that
 * stop.
 */
export async function deleteCluster(input: CommandInput): Promise<number> {
  const { account, ref } = await parseClusterReference(input, input.args[0])
  const readPlan = () => account.clusters.remove(ref, { dryRun: true })
  const hasTasks = async () => (await account.tasks.page({ cluster: ref, limit: 1 })).items.length > 0
  const outcome = await showPlanAndConfirm(input, {
    heading: `Delete the cluster ${ref}:`,
    plan: await readPlanWhenEmpty(input, ref, readPlan, hasTasks),
    nameToType: ref,
  })
  if (!outcome.isConfirmed) return outcome.exitCode
  const { ifMatch } = outcome
  const apply = () => account.clusters.remove(ref, ifMatch === undefined ? {} : { ifMatch })
  const name = `The cluster ${ref}`
  const cluster = await applyPlan(input, { name, apply, readPlan })
  await input.out.resourceOrLine(clusterView, cluster, `${name} is deleted.`)
  input.out.note('Task definitions belong to no cluster, so they stay: ecs-api taskdefs list', 'dim')
  return 0
}

/**
 * Tasks of a release that ended by themselves soon after their start. For ECS such a task was a success, so the release
 * became stable although its program kept ending.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { ReleaseSummary } from '../history/release-log.ts'
import { clusterOf } from '../services/get.ts'
import { findArchivedTasks } from '../tasks/archive.ts'
import type { TaskResource } from '../tasks/schema.ts'

const minEndedTasks = 3
const maxReadTasks = 100
const soonAfterStartMs = 10 * 60_000

/** Returns a warning for the plan that restores the release; undefined when fewer than three tasks ended so. */
export async function endedTasksWarning(
  account: Account,
  service: Service,
  { number, revision }: ReleaseSummary,
  history: History,
): Promise<string | undefined> {
  const filter = {
    group: `service:${service.serviceName}`,
    startedBy: `ecs-svc/${shortName(revision)}`,
    family: undefined,
  }
  const page = { history, limit: maxReadTasks, after: undefined }
  const tasks = (await findArchivedTasks(account, clusterOf(service), filter, page)).map(({ resource }) => resource)
  const ended = tasks.filter(endedSoon)
  if (ended.length < minEndedTasks) return undefined
  const count = ended.length === maxReadTasks ? `${maxReadTasks} or more` : ended.length
  return (
    `Tasks of release ${number} ended by themselves soon after their start: ${count}, the last at ${ended[0]!.stoppedAt}. ` +
    'Another release can be named.'
  )
}

function endedSoon({ stopCode, startedAt, stoppedAt }: TaskResource): boolean {
  if (stopCode !== 'EssentialContainerExited' || startedAt === undefined || stoppedAt === undefined) return false
  return Date.parse(String(stoppedAt)) - Date.parse(String(startedAt)) < soonAfterStartMs
}

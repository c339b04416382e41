/** Describes the failed tasks of a deployment: one text for each reason, the most frequent reason first. */
import type { ServiceDeployment } from '@ecs-api/client'

const maxTaskIds = 3

export function failureTexts(failures: ServiceDeployment['taskFailures']): string[] {
  const byReason = [...Map.groupBy(failures, ({ reason }) => reason)].sort(([, a], [, b]) => b.length - a.length)
  return byReason.map(([reason, failuresOfReason]) => {
    const ids = failuresOfReason.slice(0, maxTaskIds).map(({ task }) => task.split('/').at(-1)!.slice(0, 8))
    const count = failuresOfReason.length === 1 ? '1 task' : `${failuresOfReason.length} tasks`
    return `${count} (${ids.join(', ')}${failuresOfReason.length > maxTaskIds ? ', …' : ''}): ${reason}`
  })
}

/** Failed tasks of a deployment: one text for each reason, the most frequent first. */
import type { ServiceDeployment } from '@ecs-api/client'

const maxNames = 3

export function failureTexts(failures: ServiceDeployment['taskFailures']): string[] {
  const byReason = [...Map.groupBy(failures, ({ reason }) => reason)].sort(([, a], [, b]) => b.length - a.length)
  return byReason.map(([reason, all]) => {
    const names = all.slice(0, maxNames).map(({ task }) => task.split('/').at(-1)!.slice(0, 8))
    const count = all.length === 1 ? '1 task' : `${all.length} tasks`
    return `${count} (${names.join(', ')}${all.length > maxNames ? ', …' : ''}): ${reason}`
  })
}

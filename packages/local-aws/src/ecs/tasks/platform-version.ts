/**
 * The latest of Fargate's platform versions (ECS Developer Guide, "Fargate platform versions"). Windows has version
 * numbers of its own.
 */
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

type Platform = Pick<TaskDefinitionRecord, 'runtimePlatform'>

const latestVersion = ({ runtimePlatform }: Platform) =>
  runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ? '1.0.0' : '1.4.0'

/**
 * The platform version of a task: the requested one, or the latest when the request names none or LATEST.
 */
export function resolvedPlatformVersion(requested: string | undefined, definition: Platform): string {
  return requested === undefined || requested === 'LATEST' ? latestVersion(definition) : requested
}

/**
 * The latest of Fargate's platform versions (ECS Developer Guide, "Fargate platform versions"). Windows has version
 * numbers of its own.
 */
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

type Platform = Pick<TaskDefinitionRecord, 'runtimePlatform'>

const latestFor = ({ runtimePlatform }: Platform) =>
  runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ? '1.0.0' : '1.4.0'

/**
 * The version that tasks of the definition get when the request asks for `requested`. Without a request it is the
 * latest.
 */
export function resolvedVersion(requested: string | undefined, definition: Platform): string {
  return requested === undefined || requested === 'LATEST' ? latestFor(definition) : requested
}

/**
 * Fargate's platform versions (ECS Developer Guide, "Fargate platform versions"). Windows has version numbers of its
 * own.
 */
import { AwsError } from '../../protocol/aws-error.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

interface Versions {
  latest: string
  offered: readonly string[]
}

const linux: Versions = { latest: '1.4.0', offered: ['1.4.0', '1.3.0'] }
const windows: Versions = { latest: '1.0.0', offered: ['1.0.0'] }

type Platform = Pick<TaskDefinitionRecord, 'runtimePlatform'>

const versionsOf = ({ runtimePlatform }: Platform) =>
  runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ? windows : linux

/**
 * The version that tasks of the definition get when the request asks for `requested`. Without a request it is the
 * latest.
 */
export function resolvedVersion(requested: string | undefined, definition: Platform): string {
  return requested === undefined || requested === 'LATEST' ? versionsOf(definition).latest : requested
}

/**
 * Accepts LATEST, and versions that Fargate offers for the definition's operating system.
 * @throws AwsError PlatformUnknownException for others.
 */
export function checkPlatformVersion(requested: string | undefined, definition: Platform): void {
  if (!versionsOf(definition).offered.includes(resolvedVersion(requested, definition)))
    throw new AwsError('PlatformUnknownException', 'The specified platform does not exist.')
}

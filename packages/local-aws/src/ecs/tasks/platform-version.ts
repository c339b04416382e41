/** Fargate's platform versions (ECS Developer Guide, "Fargate platform versions"): those of Windows are numbered by themselves. */
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

/** The version that tasks of the definition get when this one is asked for. */
export function resolvedVersion(asked: string | undefined, definition: Platform): string {
  return asked === undefined || asked === 'LATEST' ? versionsOf(definition).latest : asked
}

/** LATEST, or a version that Fargate offers for the definition's operating system. @throws AwsError PlatformUnknownException. */
export function checkPlatformVersion(asked: string | undefined, definition: Platform): void {
  if (!versionsOf(definition).offered.includes(resolvedVersion(asked, definition)))
    throw new AwsError('PlatformUnknownException', 'The specified platform does not exist.')
}

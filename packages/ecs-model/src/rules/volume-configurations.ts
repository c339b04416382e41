/**
 * The rules of CreateService, UpdateService and RunTask on volumes that are configured at launch (Amazon EBS).
 * `evidence` is how it is known that AWS has a rule; rule.ts explains its forms. ECS applies the rules in
 * `rulesAppliedAfterLookup` only after it has found the cluster and the task definition.
 */
import type { ServiceManagedEBSVolumeConfiguration, TaskManagedEBSVolumeConfiguration } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import { type Finding, type Path, type Rule, rulesAppliedAfterLookup } from './rule.ts'
import { type LaunchInput, rulesOnServicesAndRunTask } from './service-rule.ts'

type Volume = Partial<AwsJson<ServiceManagedEBSVolumeConfiguration & TaskManagedEBSVolumeConfiguration>>

function* volumesOf({ volumeConfigurations = [] }: LaunchInput): Iterable<[name: string, volume: Volume, path: Path]> {
  for (const [i, { name = '', managedEBSVolume = {} }] of volumeConfigurations.entries())
    yield [name, managedEBSVolume as Volume, ['volumeConfigurations', i]]
}

/** ECS checks whether the volume exists before its type, size and speed. */
export const volumeConfigurationRules: readonly Rule[] = rulesAppliedAfterLookup([
  ...rulesOnServicesAndRunTask(
    { evidence: 'cdk-preflight pf-ecs-svc-ebs-iops-unsupported-type, pf-ecs-svc-ebs-throughput-non-gp3' },
    function* (input, { definition }) {
      if (
        definition &&
        input.volumeConfigurations?.length &&
        !definition.volumes?.some(({ configuredAtLaunch }) => configuredAtLaunch)
      )
        yield [
          ['volumeConfigurations'],
          'Volume configuration provided but no matching configuredAtLaunch volume found in task definition.',
        ]
    },
  ),
  ...rulesOnServicesAndRunTask(
    { evidence: 'cdk-preflight pf-ecs-svc-ebs-name-not-in-taskdef' },
    function* (input, { definition }) {
      const names = new Set(
        definition?.volumes?.flatMap(({ name, configuredAtLaunch }) => (configuredAtLaunch ? [name] : [])),
      )
      if (names.size === 0) return
      for (const [name, , path] of volumesOf(input))
        if (!names.has(name))
          yield [
            [...path, 'name'],
            `The volume name '${name}' in your request does not have a matching volume in your Task Definition that is configurable at launch.`,
          ]
    },
  ),
  ...rulesOnServicesAndRunTask({ evidence: 'documentation: ServiceManagedEBSVolumeConfiguration' }, function* (input) {
    for (const [, volume, path] of volumesOf(input)) yield* volumeFaults(volume, [...path, 'managedEBSVolume'])
  }),
])

/**
 * GiB and IOPS by volume type (API Reference, ServiceManagedEBSVolumeConfiguration). Later volume types
 * may be larger, so only the minimum sizes are checked.
 */
const minGiB: Readonly<Record<string, number>> = { gp2: 1, gp3: 1, io1: 4, io2: 4, st1: 125, sc1: 125, standard: 1 }
const iopsRange: Readonly<Record<string, readonly [min: number, max: number]>> = {
  gp3: [3000, 16_000],
  io1: [100, 64_000],
  io2: [100, 256_000],
}
const reservedTags = ['AmazonECSCreated', 'AmazonECSManaged']

function* volumeFaults(volume: Volume, path: Path): Iterable<Finding> {
  const {
    volumeType: type,
    sizeInGiB: size,
    snapshotId,
    iops,
    throughput,
    volumeInitializationRate,
    tagSpecifications = [],
  } = volume
  if (type !== undefined && !Object.hasOwn(minGiB, type))
    yield [[...path, 'volumeType'], `volumeType should be one of [${Object.keys(minGiB)}]`]
  if (type === 'standard') yield [[...path, 'volumeType'], 'The volume type standard is not supported on Fargate.']
  if (size === undefined && snapshotId === undefined)
    yield [[...path, 'sizeInGiB'], 'A volume must have a sizeInGiB or a snapshotId.']
  const min = minGiB[type ?? ''] ?? 1
  if (size !== undefined && size < min)
    yield [[...path, 'sizeInGiB'], `sizeInGiB must be at least ${min} for this volume type.`]
  if (iops === undefined && (type === 'io1' || type === 'io2'))
    yield [[...path, 'iops'], `iops must be specified for the volume type ${type}.`]
  if (iops !== undefined && (type === 'st1' || type === 'sc1' || type === 'standard'))
    yield [[...path, 'iops'], `iops is not supported for the volume type ${type}.`]
  const [minIops, maxIops] = iopsRange[type ?? ''] ?? []
  if (iops !== undefined && minIops !== undefined && maxIops !== undefined && (iops < minIops || iops > maxIops))
    yield [[...path, 'iops'], `iops must be between ${minIops} and ${maxIops} for the volume type ${type}.`]
  if (throughput !== undefined && type !== undefined && type !== 'gp3')
    yield [[...path, 'throughput'], `throughput is not supported for the volume type ${type}.`]
  if (throughput !== undefined && throughput > 1000)
    yield [[...path, 'throughput'], 'throughput must be at most 1000 MiB/s.']
  if (volumeInitializationRate !== undefined && snapshotId === undefined)
    yield [[...path, 'volumeInitializationRate'], 'volumeInitializationRate can be specified with a snapshotId only.']
  for (const [i, { tags = [] }] of tagSpecifications.entries())
    for (const [j, { key = '' }] of tags.entries())
      if (reservedTags.includes(key))
        yield [[...path, 'tagSpecifications', i, 'tags', j], `The tag ${key} is reserved.`]
}

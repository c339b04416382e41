/**
 * The rules of RegisterTaskDefinition on volumes and mounts. `evidence` is how it is known that AWS has a rule; rule.ts
 * explains its forms.
 */
import { containersOf, itemsOfContainers, taskDefinitionRule } from './definition-rule.ts'
import type { Rule } from './rule.ts'

export const volumeRules: readonly Rule[] = [
  taskDefinitionRule({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    const volumes = new Set(input.volumes?.map((volume) => volume.name))
    for (const [mount, path] of itemsOfContainers(input, 'mountPoints'))
      if (mount.sourceVolume !== undefined && !volumes.has(mount.sourceVolume))
        yield [[...path, 'sourceVolume'], `Unknown volume '${mount.sourceVolume}'.`]
  }),
  taskDefinitionRule({ evidence: 'cdk-preflight pf-ecs-volume-not-referenced' }, function* (input) {
    const mounted = new Set(
      containersOf(input).flatMap(({ mountPoints = [] }) => mountPoints.map(({ sourceVolume }) => sourceVolume)),
    )
    for (const [i, { name, configuredAtLaunch }] of (input.volumes ?? []).entries())
      if (configuredAtLaunch && name !== undefined && !mounted.has(name))
        yield [['volumes', i, 'name'], `Volumes [${name}] are not referenced by any of the containers`]
  }),
  taskDefinitionRule(
    { evidence: 'cdk-preflight pf-ecs-efs-access-point-with-root-directory' },
    function* ({ volumes = [] }) {
      for (const [i, { efsVolumeConfiguration: efs }] of volumes.entries())
        if (efs?.authorizationConfig?.accessPointId && efs.rootDirectory && efs.rootDirectory !== '/')
          yield [
            ['volumes', i, 'efsVolumeConfiguration', 'rootDirectory'],
            'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
          ]
    },
  ),
  // ECS checks this before the task role.
  taskDefinitionRule(
    { evidence: 'cdk-preflight pf-ecs-efs-iam-without-transit-encryption' },
    function* ({ volumes = [] }) {
      for (const [i, { efsVolumeConfiguration: efs }] of volumes.entries())
        if (efs?.authorizationConfig?.iam === 'ENABLED' && efs.transitEncryption !== 'ENABLED')
          yield [
            ['volumes', i, 'efsVolumeConfiguration', 'transitEncryption'],
            'EFS IAM authorization requires TransitEncryption to be enabled.',
          ]
    },
  ),
  taskDefinitionRule({ evidence: 'error quoted in a public repository' }, function* ({ volumes = [], taskRoleArn }) {
    for (const [i, { efsVolumeConfiguration: efs }] of volumes.entries())
      if (efs?.authorizationConfig?.iam === 'ENABLED' && !taskRoleArn)
        yield [
          ['volumes', i, 'efsVolumeConfiguration', 'authorizationConfig', 'iam'],
          'EFS IAM authorization requires a task role.',
          'Give taskRoleArn.',
        ]
  }),
  taskDefinitionRule(
    { evidence: 'cdk-preflight pf-ecs-efs-transit-encryption-port-without-encryption' },
    function* ({ volumes = [] }) {
      for (const [i, { efsVolumeConfiguration: efs }] of volumes.entries())
        if (efs?.transitEncryptionPort !== undefined && efs.transitEncryption !== 'ENABLED')
          yield [
            ['volumes', i, 'efsVolumeConfiguration', 'transitEncryptionPort'],
            'TransitEncryptionPort requires that TransitEncryption is enabled.',
          ]
    },
  ),
  taskDefinitionRule(
    { evidence: 'documentation: EFSAuthorizationConfig, accessPointId' },
    function* ({ volumes = [] }) {
      for (const [i, { efsVolumeConfiguration: efs }] of volumes.entries())
        if (efs?.authorizationConfig?.accessPointId && efs.transitEncryption !== 'ENABLED')
          yield [
            ['volumes', i, 'efsVolumeConfiguration', 'transitEncryption'],
            'An EFS access point requires TransitEncryption to be enabled.',
          ]
    },
  ),
  taskDefinitionRule(
    { evidence: 'documentation: S3FilesVolumeConfiguration, accessPointArn' },
    function* ({ volumes = [] }) {
      for (const [i, { s3filesVolumeConfiguration: files }] of volumes.entries())
        if (files?.accessPointArn && files.rootDirectory && files.rootDirectory !== '/')
          yield [
            ['volumes', i, 's3filesVolumeConfiguration', 'rootDirectory'],
            'When using an S3 Files access point, the root directory must either be set to "/" or be omitted.',
          ]
    },
  ),
  taskDefinitionRule(
    { evidence: 'documentation: S3FilesVolumeConfiguration' },
    function* ({ volumes = [], taskRoleArn }) {
      for (const [i, { s3filesVolumeConfiguration }] of volumes.entries())
        if (s3filesVolumeConfiguration && !taskRoleArn)
          yield [['volumes', i, 's3filesVolumeConfiguration'], 'An S3 Files volume requires a task role.']
    },
  ),
  taskDefinitionRule({ evidence: 'documentation: Volume' }, function* ({ volumes = [] }) {
    for (const [i, volume] of volumes.entries())
      if (volumeKinds.filter((kind) => volume[kind]).length > 1)
        yield [['volumes', i], `A volume can have only one of ${volumeKinds.join(', ')}.`]
  }),
  taskDefinitionRule({ evidence: 'aws/amazon-ecs-cli#277' }, function* ({ volumes = [] }) {
    for (const [i, { name }] of volumes.entries())
      if (name !== undefined && !/^[a-zA-Z0-9\-_]{1,255}$/.test(name))
        yield [
          ['volumes', i, 'name'],
          'volume.name contains invalid characters.',
          'Up to 255 letters, digits, - and _.',
        ]
  }),
  taskDefinitionRule({ evidence: 'documentation: Volume, name' }, function* ({ volumes = [] }) {
    for (const [
      i,
      { name, configuredAtLaunch, efsVolumeConfiguration, s3filesVolumeConfiguration },
    ] of volumes.entries())
      if (name === undefined && (configuredAtLaunch || efsVolumeConfiguration || s3filesVolumeConfiguration))
        yield [['volumes', i, 'name'], 'Volume.name should not be null or empty.']
  }),
  taskDefinitionRule({ evidence: 'documentation: Volume, configuredAtLaunch' }, function* ({ volumes = [] }) {
    const atLaunch = volumes.flatMap(({ configuredAtLaunch }, i) => (configuredAtLaunch ? [i] : []))
    if (atLaunch.length > 1)
      yield [['volumes', atLaunch[1]!], 'A task definition can have at most 1 volume that is configured at launch.']
  }),
  // The Developer Guide says the opposite of ECS's message: autoprovision must be "omitted or set to false".
  taskDefinitionRule(
    { evidence: 'aws/aws-cdk#26697, hashicorp/terraform-provider-aws#5907' },
    function* ({ volumes = [] }) {
      for (const [i, { dockerVolumeConfiguration: docker }] of volumes.entries())
        if (docker?.scope === 'task' && docker.autoprovision === false)
          yield [
            ['volumes', i, 'dockerVolumeConfiguration', 'autoprovision'],
            "When 'scope' parameter is 'task', 'autoprovision' must either not be specified or set to 'True'.",
          ]
    },
  ),
  taskDefinitionRule({ evidence: 'documentation: VolumeFrom, sourceContainer' }, function* (input) {
    const names = new Set(containersOf(input).map(({ name }) => name))
    for (const [{ sourceContainer }, path, { name }] of itemsOfContainers(input, 'volumesFrom'))
      if (sourceContainer === undefined) continue
      else if (sourceContainer === name)
        yield [[...path, 'sourceContainer'], `Container '${name}' cannot mount volumes from itself.`]
      else if (!names.has(sourceContainer))
        yield [[...path, 'sourceContainer'], `Unknown container '${sourceContainer}'.`]
  }),
]

const volumeKinds = [
  'configuredAtLaunch',
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  'host',
] as const

/**
 * The rules of RegisterTaskDefinition on a single container: its name, image, memory, timeouts and health check.
 * `evidence` is how it is known that AWS has a rule; rule.ts explains its forms.
 */
import type { HealthCheck } from '@aws-sdk/client-ecs'
import { parseMemoryMiB } from '../fargate-sizes.ts'
import { type Container, containerName, containerRule, isAwsvpc, isWindows } from './definition-rule.ts'
import type { Rule } from './rule.ts'

const namePattern = /^[a-zA-Z0-9\-_]{1,255}$/

export const containerRules: readonly Rule[] = [
  containerRule({ evidence: 'hashicorp/terraform#2888, hashicorp/terraform-provider-aws#5950' }, function* (container) {
    if (container.name === undefined || container.name === '')
      yield [['name'], 'Container.name should not be null or empty.']
    else if (!namePattern.test(container.name))
      yield [['name'], 'Container.name contains invalid characters.', 'Up to 255 letters, digits, - and _.']
  }),
  containerRule({ evidence: 'aws-actions/amazon-ecs-render-task-definition#87' }, function* (container) {
    if (container.image === undefined || container.image === '')
      yield [['image'], 'Container.image should not be null or empty.']
  }),
  containerRule({ evidence: 'aws-actions/amazon-ecs-render-task-definition#49' }, function* ({ image }) {
    if (image && !/^[a-zA-Z0-9\-_.:/#@]+$/.test(image))
      yield [
        ['image'],
        'Container.image contains invalid characters.',
        'Allowed are letters, digits and - _ : . / # @.',
      ]
  }),
  containerRule({ evidence: 'hashicorp/terraform-provider-aws#22629' }, function* ({ image = '' }) {
    const [repository = ''] = image.split('@')
    if (repository.length > 255) yield [['image'], 'Container.image should be 255 characters or less']
  }),
  containerRule({ evidence: 'documentation: ContainerDefinition, image' }, function* ({ image = '' }) {
    const [, digest] = image.split('@')
    if (digest !== undefined && !/^sha256:[a-fA-F0-9]{64}$/.test(digest))
      yield [['image'], 'The digest of a container image must be sha256: and 64 hexadecimal digits.']
  }),
  containerRule(
    { evidence: 'cuttlesoft/ecs-deploy.py#17, cdk-preflight pf-ecs-container-memory-required' },
    function* (container, input) {
      if (input.memory === undefined && container.memory === undefined && container.memoryReservation === undefined)
        yield [
          [],
          `Invalid setting for container '${containerName(container)}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
        ]
    },
  ),
  containerRule({ evidence: 'pulumi/pulumi-awsx#188' }, function* (container, input) {
    if (
      container.memory !== undefined &&
      input.memory !== undefined &&
      container.memory > (parseMemoryMiB(input.memory) ?? Number.POSITIVE_INFINITY)
    )
      yield [
        ['memory'],
        `The 'memory' setting for container '${containerName(container)}' is greater than for the task.`,
      ]
  }),
  containerRule({ evidence: 'awsdocs/amazon-ecs-developer-guide#242' }, function* (container) {
    if (
      container.memory !== undefined &&
      container.memoryReservation !== undefined &&
      container.memory < container.memoryReservation
    )
      yield [
        ['memory'],
        `Invalid setting for container '${containerName(container)}'. 'memory' must be greater than or equal to 'memoryReservation' if both are provided.`,
      ]
  }),
  // Docker's oldest versions reserve 4 MiB and later ones 6, so a container with less than 4 never runs.
  containerRule({ evidence: 'documentation: ContainerDefinition, memory' }, function* (container) {
    for (const member of ['memory', 'memoryReservation'] as const) {
      const value = container[member]
      if (value !== undefined && value < 4)
        yield [[member], `The '${member}' setting for container '${containerName(container)}' must be at least 4.`]
    }
    if ((container.cpu ?? 0) < 0)
      yield [['cpu'], `The 'cpu' setting for container '${containerName(container)}' must not be negative.`]
  }),
  containerRule({ evidence: 'recorded response: radkawar/stackd' }, function* (container) {
    if (container.stopTimeout !== undefined && container.stopTimeout < 2)
      yield [
        ['stopTimeout'],
        `Granular stop timeout on container '${containerName(container)}' must be at least 2 seconds.`,
      ]
  }),
  containerRule({ evidence: 'by analogy' }, function* (container) {
    if (container.startTimeout !== undefined && container.startTimeout < 2)
      yield [
        ['startTimeout'],
        `Granular start timeout on container '${containerName(container)}' must be at least 2 seconds.`,
      ]
  }),
  containerRule({ evidence: 'deployment: cdk-preflight' }, function* (container) {
    const period = container.restartPolicy?.restartAttemptPeriod
    if (period !== undefined && (period < 60 || period > 1800))
      yield [
        ['restartPolicy', 'restartAttemptPeriod'],
        `The 'restartAttemptPeriod' setting for container '${containerName(container)}' must be between 60 and 1800.`,
      ]
  }),
  containerRule({ evidence: 'documentation: ContainerRestartPolicy, ignoredExitCodes' }, function* ({ restartPolicy }) {
    if ((restartPolicy?.ignoredExitCodes?.length ?? 0) > 50)
      yield [['restartPolicy', 'ignoredExitCodes'], 'A restart policy can have at most 50 ignored exit codes.']
  }),
  containerRule({ evidence: 'deployment: cdk-preflight' }, function* (container) {
    for (const [member, max] of healthCheckMaxima) {
      const value = container.healthCheck?.[member]
      if (value !== undefined && value > max)
        yield [
          ['healthCheck', member],
          `Health check ${member} must be less than or equal to the maximum allowed value ${max} for container '${containerName(container)}'`,
        ]
    }
  }),
  containerRule({ evidence: 'documentation: HealthCheck' }, function* (container) {
    for (const [member, min] of healthCheckMinima) {
      const value = container.healthCheck?.[member]
      if (value !== undefined && value < min)
        yield [
          ['healthCheck', member],
          `Health check ${member} must be greater than or equal to the minimum allowed value ${min} for container '${containerName(container)}'`,
        ]
    }
    // The API Reference says "Must start with CMD or CMD-SHELL", but ECS accepts a bare command (aws/aws-cdk#34389).
    if (container.healthCheck?.command?.length === 0)
      yield [
        ['healthCheck', 'command'],
        `The health check command of container '${containerName(container)}' must not be empty.`,
      ]
  }),
  containerRule(
    { evidence: 'cdk-preflight pf-ecs-fargate-links, pf-ecs-fargate-dns-servers, pf-ecs-fargate-disable-networking' },
    function* (container, input) {
      if (!isAwsvpc(input)) return
      if (container.links?.length)
        yield [
          ['links'],
          'Links are not supported when networkMode=awsvpc.',
          'Containers of one task reach each other on localhost.',
        ]
      if (container.dnsServers?.length)
        yield [['dnsServers'], 'DNS servers are not supported on container when networkMode=awsvpc.']
      if (container.disableNetworking)
        yield [['disableNetworking'], 'Disable Networking is not supported on container when networkMode=awsvpc.']
    },
  ),
  containerRule(
    { evidence: 'cdk-preflight pf-ecs-awsvpc-hostname, pf-ecs-awsvpc-extra-hosts' },
    function* (container, input) {
      if (!isAwsvpc(input)) return
      if (container.hostname !== undefined)
        yield [['hostname'], 'hostname is not supported on container when networkMode=awsvpc.']
      if (container.extraHosts?.length)
        yield [['extraHosts'], 'Extra hosts are not supported on container when networkMode=awsvpc.']
    },
  ),
  containerRule({ evidence: 'contract: ContainerDefinition, dnsSearchDomains' }, function* (container, input) {
    if (isAwsvpc(input) && container.dnsSearchDomains?.length)
      yield [['dnsSearchDomains'], 'DNS search domains are not supported on container when networkMode=awsvpc.']
  }),
  containerRule({ evidence: 'documentation: ContainerDefinition, links' }, function* (container, input) {
    if (container.links?.length && (input.networkMode === 'host' || input.networkMode === 'none'))
      yield [['links'], `Links are not supported when networkMode=${input.networkMode}.`]
  }),
  containerRule(
    { evidence: 'documentation: ContainerDefinition, credentialSpecs' },
    function* ({ credentialSpecs = [] }) {
      if (credentialSpecs.length > 1) yield [['credentialSpecs'], 'A container can have at most 1 credential spec.']
    },
  ),
  containerRule({ evidence: 'documentation: ContainerDefinition, user' }, function* ({ user = '' }) {
    if (user.split(':').some((part) => /^-\d/.test(part))) yield [['user'], 'A UID or GID must be a positive integer.']
  }),
  containerRule({ evidence: 'documentation: SystemControl' }, function* ({ systemControls = [] }, input) {
    for (const [i, { namespace = '' }] of systemControls.entries()) {
      const isIpc = ipcNamespaces.has(namespace) || namespace.startsWith('fs.mqueue.')
      if (!isIpc && !namespace.startsWith('net.'))
        yield [['systemControls', i], `The system control ${namespace} is not namespaced.`]
      else if (!isIpc && input.networkMode === 'host')
        yield [['systemControls', i], `The system control ${namespace} is not supported when networkMode=host.`]
      else if (isIpc && input.ipcMode === 'host')
        yield [['systemControls', i], `The system control ${namespace} is not supported when ipcMode=host.`]
    }
  }),
  containerRule({ evidence: 'documentation: ResourceRequirement' }, function* ({ resourceRequirements = [] }) {
    for (const [i, { type, value, sharingStrategy }] of resourceRequirements.entries()) {
      if (sharingStrategy !== undefined && type !== 'GPU')
        yield [
          ['resourceRequirements', i, 'sharingStrategy'],
          'A sharing strategy is supported for the resource type GPU only.',
        ]
      if (value === undefined && !(type === 'GPU' && sharingStrategy !== undefined))
        yield [['resourceRequirements', i, 'value'], 'A resource requirement must have a value.']
      if (type === 'NeuronDevice' && value !== undefined && value !== 'ALL')
        yield [['resourceRequirements', i, 'value'], 'The value of a NeuronDevice resource requirement must be ALL.']
    }
  }),
  containerRule({ evidence: 'documentation: LinuxParameters, swappiness' }, function* ({ linuxParameters }) {
    const { swappiness } = linuxParameters ?? {}
    if (swappiness !== undefined && (swappiness < 0 || swappiness > 100))
      yield [['linuxParameters', 'swappiness'], 'swappiness must be between 0 and 100.']
  }),
  containerRule(
    { evidence: 'documentation: ContainerDefinition, "not supported for Windows containers"' },
    function* (container, input) {
      if (!isWindows(input)) return
      for (const member of unsupportedOnWindows) {
        const value = container[member]
        if (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false)
          yield [[member], `${member} is not supported for Windows containers.`]
      }
    },
  ),
]

/** The IPC namespaces (API Reference, SystemControl). Network namespaces begin with `net.`. */
const ipcNamespaces = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
])

const unsupportedOnWindows = [
  'disableNetworking',
  'dnsSearchDomains',
  'dnsServers',
  'extraHosts',
  'links',
  'linuxParameters',
  'privileged',
  'readonlyRootFilesystem',
  'systemControls',
  'ulimits',
  'user',
] as const satisfies readonly (keyof Container)[]

const healthCheckMaxima: [keyof HealthCheck & ('timeout' | 'interval' | 'startPeriod' | 'retries'), number][] = [
  ['timeout', 60],
  ['interval', 300],
  ['startPeriod', 300],
  ['retries', 10],
]
const healthCheckMinima: typeof healthCheckMaxima = [
  ['timeout', 2],
  ['interval', 5],
  ['startPeriod', 0],
  ['retries', 1],
]

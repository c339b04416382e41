/** The configuration of a service as groups of labelled lines. */

import { tagsRow } from './definition-facts.ts'
import { codeRow, type FactGroup, type RowBuilder, rowsOfMembers, textRow } from './fact-values.ts'
import { breakerText, oneLineText, wordOf } from './words.ts'

type Members = Record<string, unknown>

const onOrOff =
  (label: string): RowBuilder =>
  (value) =>
    value === undefined || value === null ? undefined : { label, lines: [value ? 'on' : 'off'] }

/** A row whose value is a constant of ECS. */
const wordRow =
  (label: string): RowBuilder =>
  (value) =>
    textRow(label)(typeof value === 'string' ? wordOf(value) : value)

const serviceRows: Readonly<Record<string, RowBuilder>> = {
  taskDefinition: codeRow('Task definition'),
  desiredCount: textRow('Desired count'),
  count: textRow('Desired count'),
  launchType: wordRow('Launch type'),
  capacityProviderStrategy: textRow('Capacity providers'),
  platformVersion: textRow('Platform version'),
  enableExecuteCommand: onOrOff('Terminals'),
  schedulingStrategy: wordRow('Scheduling strategy'),
  resourceManagementType: wordRow('Resources managed by'),
  roleArn: codeRow('Service-linked role'),
}

const deploymentRows: Readonly<Record<string, RowBuilder>> = {
  deploymentCircuitBreaker: (value) => ({ label: 'Circuit breaker', lines: [breakerText(value as Members)] }),
  minimumHealthyPercent: textRow('Minimum healthy percent'),
  maximumPercent: textRow('Maximum percent'),
  strategy: wordRow('Strategy'),
}

const afterDeploymentRows: Readonly<Record<string, RowBuilder>> = {
  healthCheckGracePeriodSeconds: textRow('Health check grace period, seconds'),
  deploymentController: (value) => wordRow('Deployment controller')((value as Members | undefined)?.type),
  availabilityZoneRebalancing: wordRow('Availability Zone rebalancing'),
}

const networkRows: Readonly<Record<string, RowBuilder>> = {
  subnets: codeRow('Subnets'),
  securityGroups: codeRow('Security groups'),
  assignPublicIp: (value) =>
    value === undefined ? undefined : textRow('Public address')(value === true || value === 'ENABLED' ? 'yes' : 'no'),
  loadBalancers: textRow('Load balancers'),
  serviceRegistries: textRow('Service registries'),
  serviceConnectConfiguration: (value) => textRow('Service Connect')(value === undefined ? '' : oneLineText(value)),
}

const tagRows: Readonly<Record<string, RowBuilder>> = {
  tags: tagsRow,
  propagateTags: wordRow('Tags of tasks are copied from'),
  enableECSManagedTags: onOrOff('Tags of ECS'),
}

/** Members that no client can set: the current state, which other parts of the page show, and what identifies it. */
const omittedMembers = new Set([
  'name',
  'arn',
  'cluster',
  'status',
  'runningCount',
  'pendingCount',
  'deployments',
  'events',
  'createdAt',
  'createdBy',
  'configVersion',
  'taskSets',
  'currentServiceDeployment',
  'currentServiceRevisions',
])

const pick = (members: Members, rows: object) =>
  Object.fromEntries(Object.keys(rows).flatMap((name) => (name in members ? [[name, members[name]]] : [])))

/** @param service a service as the API returns it, or the body that creates one */
export function serviceGroups(service: object, title: string): FactGroup[] {
  const { deploymentConfiguration, networkConfiguration, ...rest } = service as Members
  const { awsvpcConfiguration = {} } = (networkConfiguration ?? {}) as { awsvpcConfiguration?: Members }
  const network = { ...pick(rest, networkRows), ...awsvpcConfiguration }
  const grouped = { ...afterDeploymentRows, ...networkRows, ...tagRows }
  const ungrouped = Object.fromEntries(Object.entries(rest).filter(([name]) => !(name in grouped)))
  const groups = [
    { title, rows: rowsOfMembers(ungrouped, serviceRows, omittedMembers) },
    {
      title: 'Deployments',
      rows: [
        ...(deploymentConfiguration ? rowsOfMembers(deploymentConfiguration as Members, deploymentRows) : []),
        ...rowsOfMembers(pick(rest, afterDeploymentRows), afterDeploymentRows),
      ],
    },
    { title: 'Network', rows: rowsOfMembers(network, networkRows) },
    { title: 'Tags', rows: rowsOfMembers(pick(rest, tagRows), tagRows) },
  ]
  return groups.filter(({ rows }, i) => i === 0 || rows.length > 0)
}

/** What CreateService, UpdateService and RunTask refuse without looking at what is there. */
import type { CreateServiceRequest, DeploymentConfiguration, RunTaskRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Wire } from '../wire.ts'
import { strategyFaults } from './cluster.ts'
import { type Finding, type Rule, rule } from './rule.ts'

type Create = Partial<Wire<CreateServiceRequest>>
type Update = Partial<Wire<UpdateServiceRequest>>
type Run = Partial<Wire<RunTaskRequest>>

const code = 'InvalidParameterException'
const onCreate = (source: string, find: (input: Create) => Iterable<Finding>) => rule<Create>('CreateServiceRequest', code, source, find)
const onUpdate = (source: string, find: (input: Update) => Iterable<Finding>) => rule<Update>('UpdateServiceRequest', code, source, find)
const onRun = (source: string, find: (input: Run) => Iterable<Finding>) => rule<Run>('RunTaskRequest', code, source, find)

export const serviceRules: readonly Rule[] = [
  onCreate('V P', function* ({ serviceName }) {
    if (serviceName !== undefined && !/^[a-zA-Z0-9\-_]{1,255}$/.test(serviceName))
      yield [['serviceName'], `ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${serviceName.replace(/[^\x20-\x7e]/gu, '?')}`]
  }),
  onCreate('V S', function* (input) {
    if (input.schedulingStrategy === 'DAEMON') {
      if (input.desiredCount !== undefined)
        yield [
          ['desiredCount'],
          'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
        ]
    } else if (input.desiredCount === undefined) yield [['desiredCount'], 'DesiredCount is missing']
    else if (input.desiredCount < 0) yield [['desiredCount'], 'DesiredCount can not be lesser than 0']
  }),
  onCreate('doc: Amazon ECS service quotas', function* ({ desiredCount }) {
    if (desiredCount !== undefined && desiredCount > 5000) yield [['desiredCount'], tooMany]
  }),
  onCreate('u', function* ({ clientToken }) {
    if (clientToken !== undefined && clientToken.length > 36) yield [['clientToken'], 'idempotency token longer than 36.']
  }),
  onUpdate('V S', function* ({ desiredCount }) {
    if (desiredCount !== undefined && desiredCount < 0) yield [['desiredCount'], 'Task count can not be lesser than 0']
  }),
  onUpdate('doc: Amazon ECS service quotas', function* ({ desiredCount }) {
    if (desiredCount !== undefined && desiredCount > 5000) yield [['desiredCount'], tooMany]
  }),
  onRun('doc: RunTask, count', function* ({ count }) {
    if (count !== undefined && (count < 1 || count > 10)) yield [['count'], 'count must be between 1 and 10.']
  }),
  onRun('doc: RunTask, clientToken', function* ({ clientToken }) {
    if (clientToken !== undefined && clientToken.length > 64) yield [['clientToken'], 'clientToken must be at most 64 characters.']
  }),
  ...[onCreate, onUpdate, onRun].flatMap((on) => [
    on('V P', function* (input) {
      if ('launchType' in input && input.launchType !== undefined && input.capacityProviderStrategy?.length)
        yield [
          ['capacityProviderStrategy'],
          'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
        ]
      yield* strategyFaults('capacityProviderStrategy', input.capacityProviderStrategy)
    }),
    on('V P', function* (input) {
      if (!('launchType' in input) || input.launchType !== 'FARGATE') return
      if (input.placementConstraints?.length) yield [['placementConstraints'], 'Placement constraints are not supported with FARGATE launch type.']
      if (input.placementStrategy?.length) yield [['placementStrategy'], 'Placement strategies are not supported with FARGATE launch type.']
    }),
    on('u', function* ({ networkConfiguration }) {
      const subnets = networkConfiguration?.awsvpcConfiguration?.subnets
      if (subnets?.length === 0) yield [['networkConfiguration', 'awsvpcConfiguration', 'subnets'], 'subnets can not be empty.']
    }),
    on('doc: AwsVpcConfiguration', function* ({ networkConfiguration }) {
      const vpc = networkConfiguration?.awsvpcConfiguration
      const at = ['networkConfiguration', 'awsvpcConfiguration'] as const
      if ((vpc?.subnets?.length ?? 0) > 16) yield [[...at, 'subnets'], 'At most 16 subnets can be given.']
      if ((vpc?.securityGroups?.length ?? 0) > 5) yield [[...at, 'securityGroups'], 'At most 5 security groups can be given.']
    }),
  ]),
  rule<Partial<Wire<DeploymentConfiguration>>>('DeploymentConfiguration', code, 'V S', function* (configuration) {
    const { maximumPercent, minimumHealthyPercent } = configuration
    if (maximumPercent !== undefined && maximumPercent < 100) yield [['maximumPercent'], 'maximumPercent must be at least 100']
    if (minimumHealthyPercent !== undefined && minimumHealthyPercent > 100)
      yield [['minimumHealthyPercent'], 'minimumHealthyPercent must be at most 100']
    if (maximumPercent === 100 && minimumHealthyPercent === 100)
      yield [['maximumPercent'], 'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.']
  }),
  rule<Partial<Wire<DeploymentConfiguration>>>('DeploymentConfiguration', code, 'u', function* ({ maximumPercent, minimumHealthyPercent }) {
    if (maximumPercent !== undefined && maximumPercent > 200) yield [['maximumPercent'], 'maximumPercent must be at most 200']
    if (minimumHealthyPercent !== undefined && minimumHealthyPercent < 0)
      yield [['minimumHealthyPercent'], 'minimumHealthyPercent must be at least 0']
  }),
]

const tooMany = 'A service can have at most 5000 tasks.'

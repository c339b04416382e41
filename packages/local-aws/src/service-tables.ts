/** The engine's services by the names in requests, each with its request buckets and injected faults. */
import type { Clock } from './clock.ts'
import { type CloudWatch, cloudWatchTarget, cloudWatchVersion } from './cloudwatch/service.ts'
import { ec2Version } from './ec2/service.ts'
import { withThrottling } from './ecs/actions/request-buckets.ts'
import { type Ecs, ecsTarget } from './ecs/service.ts'
import { eventsTarget } from './events/service.ts'
import { type InjectedFaults, type ServiceTerms, withFaults } from './injected-faults.ts'
import { kmsTarget } from './kms/service.ts'
import { type Logs, logsTarget } from './logs/service.ts'
import type { JsonService, JsonServices } from './protocol/aws-json.ts'
import type { QueryService, QueryServices } from './protocol/aws-query.ts'
import { secretsManagerTarget } from './secrets-manager/service.ts'
import { sqsTarget } from './sqs/service.ts'
import { ssmTarget } from './ssm/service.ts'
import { stsVersion } from './sts/service.ts'
import { taggingTarget } from './tagging/service.ts'

interface Services {
  ecs: Pick<Ecs, 'handleAction'>
  cloudWatch: Pick<CloudWatch, 'handleAction' | 'query'>
  logs: Pick<Logs, 'handleAction'>
  secretsManager: { handleAction: JsonService }
  ssm: { handleAction: JsonService }
  kms: { handleAction: JsonService }
  events: { handleAction: JsonService }
  sqs: { handleAction: JsonService }
  tagging: JsonService
  sts: QueryService
  ec2: QueryService
}

interface Limits {
  faults: InjectedFaults
  clock: Clock
  throttle: 'aws' | undefined
}

export function createServiceTables(
  services: Services,
  { faults, clock, throttle }: Limits,
): { json: JsonServices; query: QueryServices } {
  const { ecs, tagging, secretsManager, ssm, cloudWatch, kms, logs, events, sqs, sts, ec2 } = services
  const withLimits = (service: JsonService, terms: ServiceTerms) =>
    withFaults(throttle === 'aws' ? withThrottling(service, clock, terms) : service, faults, clock, terms)
  const logsTerms = { iamPrefix: 'logs', throttlingCode: 'ThrottlingException' }
  const cloudWatchTerms = { iamPrefix: 'cloudwatch', throttlingCode: 'ThrottlingException' }
  const ec2Terms = { iamPrefix: 'ec2', throttlingCode: 'RequestLimitExceeded' }
  return {
    json: {
      [ecsTarget]: withLimits(ecs.handleAction, { iamPrefix: 'ecs', throttlingCode: 'ThrottlingException' }),
      [taggingTarget]: withLimits(tagging, { iamPrefix: 'tag', throttlingCode: 'ThrottledException' }),
      [secretsManagerTarget]: secretsManager.handleAction,
      [ssmTarget]: ssm.handleAction,
      [cloudWatchTarget]: withFaults(cloudWatch.handleAction, faults, clock, cloudWatchTerms),
      [kmsTarget]: kms.handleAction,
      [logsTarget]: withFaults(logs.handleAction, faults, clock, logsTerms),
      [eventsTarget]: events.handleAction,
      [sqsTarget]: sqs.handleAction,
    },
    query: {
      [stsVersion]: sts,
      [cloudWatchVersion]: cloudWatch.query,
      [ec2Version]: { ...ec2, handleCall: withFaults(ec2.handleCall, faults, clock, ec2Terms) },
    },
  }
}

import type { Deployment, Service } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import { isOver, revisionArn } from './deployments.ts'
import type { DeploymentRecord, ServiceRecord } from './service-record.ts'
import type { Seen, World } from './world.ts'

/** A service as ECS answers it: with its counts, deployments and events. */
export function serviceAnswer(service: ServiceRecord, world: World, seen: Seen = world, { withTags = true } = {}): Wire<Service> {
  const { engine, tags, ...shown } = service
  const deployments = engine.deployments.map((deployment) => deploymentAnswer(deployment, service, seen))
  const story = world.serviceDeployments.get(engine.deployments[0]?.engine.serviceDeployment ?? '')
  return {
    ...shown,
    runningCount: sum(deployments.map(({ runningCount = 0 }) => runningCount)),
    pendingCount: sum(deployments.map(({ pendingCount = 0 }) => pendingCount)),
    deployments,
    events: world.serviceEvents.get(service.serviceArn)?.events ?? [],
    ...(story && !isOver(story) && story.status !== 'PENDING' && { currentServiceDeployment: story.serviceDeploymentArn }),
    currentServiceRevisions: deployments.map(({ id = '', desiredCount, runningCount, pendingCount }) => ({
      arn: revisionArn(world, service, id),
      requestedTaskCount: desiredCount,
      runningTaskCount: runningCount,
      pendingTaskCount: pendingCount,
    })),
    tags: withTags ? (tags ?? []) : [],
  }
}

/** One that is being replaced wants no more tasks than it still has. */
function deploymentAnswer({ engine: _, ...deployment }: DeploymentRecord, service: ServiceRecord, seen: Seen): Wire<Deployment> {
  const runningCount = seen.tasks.count('runningOf', deployment.id)
  const pendingCount = seen.tasks.count('pendingOf', deployment.id)
  return {
    ...deployment,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : runningCount + pendingCount,
    runningCount,
    pendingCount,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

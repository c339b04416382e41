/** Minimal services, each with one part that a rule applies to, and the definitions that they name. */
import type { ECSClient } from '@aws-sdk/client-ecs'
import { sendAction } from './rejections.ts'
import { accountNumber } from './test-engine.ts'

export const awsvpcNetwork = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
export const targetGroupArn = `arn:aws:elasticloadbalancing:us-east-1:${accountNumber}:targetgroup/t/0123456789abcdef`
export const loadBalancer = { targetGroupArn, containerName: 'app', containerPort: 80 }
export const fargateService = {
  serviceName: 's',
  taskDefinition: 'web',
  desiredCount: 1,
  launchType: 'FARGATE',
  networkConfiguration: awsvpcNetwork,
}
/** A service on EC2, whose definition uses the bridge mode. */
export const ec2Service = { serviceName: 's', taskDefinition: 'old', desiredCount: 1, launchType: 'EC2' }
export const serviceWithConnect = (connectServiceMembers: object, connectMembers: object = {}) => ({
  ...fargateService,
  serviceConnectConfiguration: {
    enabled: true,
    namespace: 'n',
    services: [{ portName: 'http', clientAliases: [{ port: 80 }], ...connectServiceMembers }],
    ...connectMembers,
  },
})
export const serviceWithEbs = (ebsMembers: object, name = 'disk', taskDefinition = 'disk') => ({
  ...fargateService,
  taskDefinition,
  volumeConfigurations: [
    { name, managedEBSVolume: { roleArn: `arn:aws:iam::${accountNumber}:role/ebs`, sizeInGiB: 20, ...ebsMembers } },
  ],
})
export const serviceWithStrategy = (...items: object[]) => ({
  ...fargateService,
  launchType: undefined,
  capacityProviderStrategy: items,
})
export const serviceWithDeployment = (deploymentConfiguration: object) => ({
  ...fargateService,
  deploymentConfiguration,
})
export const serviceWithBreaker = (type: string, value: number) =>
  serviceWithDeployment({
    deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type, value } },
  })
export const serviceWithMonitoring = (metric: object) => ({
  ...fargateService,
  monitoring: { metricConfigurations: [metric] },
})

/**
 * Creates a cluster and the task definitions `web`, `disk` (with a volume configured at launch), and in bridge mode
 * `old` and `bound` (with a constraint).
 */
export async function registerDefinitions(ecs: ECSClient): Promise<void> {
  await sendAction(ecs, 'CreateCluster', { capacityProviders: ['FARGATE'] })
  const definition = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
  const app = { name: 'app', image: 'app:1', portMappings: [{ containerPort: 80, name: 'http' }] }
  await sendAction(ecs, 'RegisterTaskDefinition', { ...definition, family: 'web', containerDefinitions: [app] })
  await sendAction(ecs, 'RegisterTaskDefinition', {
    ...definition,
    family: 'disk',
    containerDefinitions: [{ ...app, mountPoints: [{ sourceVolume: 'disk' }] }],
    volumes: [{ name: 'disk', configuredAtLaunch: true }],
  })
  const old = { family: 'old', containerDefinitions: [{ ...app, memory: 64 }] }
  await sendAction(ecs, 'RegisterTaskDefinition', old)
  const placementConstraints = [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }]
  await sendAction(ecs, 'RegisterTaskDefinition', { ...old, family: 'bound', placementConstraints })
}

/** Minimal task definitions, each with one part that a rule applies to. */
import { accountNumber } from './test-engine.ts'

export const roleArn = `arn:aws:iam::${accountNumber}:role/x`
export const appContainer = { name: 'app', image: 'app:1' }
export const fargateDefinition = {
  family: 'f',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [appContainer],
}
export const ec2Definition = { family: 'f', containerDefinitions: [{ ...appContainer, memory: 64 }] }
export const windowsDefinition = {
  ...fargateDefinition,
  runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
}
export const definitionWithContainer = (containerMembers: object, definitionMembers: object = {}) => ({
  ...fargateDefinition,
  ...definitionMembers,
  containerDefinitions: [{ ...appContainer, ...containerMembers }],
})
export const definitionWithAwslogs = (options: object) =>
  definitionWithContainer(
    { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-stream-prefix': 'p', ...options } } },
    { executionRoleArn: roleArn },
  )
export const awslogsOptions = { 'awslogs-region': 'us-east-1', 'awslogs-group': 'g' }
export const definitionWithEfs = (efsMembers: object, definitionMembers: object = {}) => ({
  ...fargateDefinition,
  ...definitionMembers,
  volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-12345678', ...efsMembers } }],
})
export const definitionWithProxy = (...properties: [name: string, value: string][]) => ({
  ...fargateDefinition,
  proxyConfiguration: {
    type: 'APPMESH',
    containerName: 'app',
    properties: properties.map(([name, value]) => ({ name, value })),
  },
})

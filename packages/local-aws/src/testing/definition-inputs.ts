/** Minimal task definitions, each with one part that a rule applies to. */
import { account } from './opened-aws.ts'

export const role = `arn:aws:iam::${account}:role/x`
export const app = { name: 'app', image: 'app:1' }
export const fargate = {
  family: 'f',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [app],
}
export const ec2 = { family: 'f', containerDefinitions: [{ ...app, memory: 64 }] }
export const windows = { ...fargate, runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } }
export const container = (more: object, rest: object = {}) => ({
  ...fargate,
  ...rest,
  containerDefinitions: [{ ...app, ...more }],
})
export const awslogs = (options: object) =>
  container(
    { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-stream-prefix': 'p', ...options } } },
    { executionRoleArn: role },
  )
export const allOptions = { 'awslogs-region': 'us-east-1', 'awslogs-group': 'g' }
export const efs = (more: object, rest: object = {}) => ({
  ...fargate,
  ...rest,
  volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-12345678', ...more } }],
})
export const proxy = (...properties: [name: string, value: string][]) => ({
  ...fargate,
  proxyConfiguration: {
    type: 'APPMESH',
    containerName: 'app',
    properties: properties.map(([name, value]) => ({ name, value })),
  },
})

import type { Service } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

export interface ServiceRecord extends Wire<Service> {
  serviceArn: string
  serviceName: string
  clusterArn: string
  status: string
}

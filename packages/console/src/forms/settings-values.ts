/** The settings of a service, and the JSON Merge Patch that changes them. */
import type { Service } from '@ecs-api/client'
import { networkOf } from './network-fields.tsx'
import { isSameJson, numberOrText } from './parsed-field.tsx'
import { tagsIn, withoutTagsOfAws } from './tag-values.ts'

export interface CircuitBreaker {
  enable: boolean
  rollback: boolean
}

export interface ServicePatch {
  enableExecuteCommand?: boolean
  deploymentConfiguration?: {
    deploymentCircuitBreaker?: CircuitBreaker
    minimumHealthyPercent?: number | string
    maximumPercent?: number | string
  }
  healthCheckGracePeriodSeconds?: number | string
  platformVersion?: string
  subnets?: string[]
  securityGroups?: string[]
  assignPublicIp?: boolean
  forceNewDeployment?: boolean
  tags?: Record<string, string | null> | null
  loadBalancers?: unknown
}

/** A copy of the patch with the member set; without the member when the service already has the value. */
export function patchWith<K extends keyof ServicePatch>(
  patch: ServicePatch,
  name: K,
  value: ServicePatch[K] | undefined,
  currentValue: unknown,
): ServicePatch {
  const { [name]: _, ...others } = patch
  return value === undefined || isSameJson(value, currentValue)
    ? (others as ServicePatch)
    : { ...others, [name]: value }
}

/** Returns the parser of a number field in which an empty text means `emptyValue`. */
export const numberOrDefault = (emptyValue: number) => (text: string) =>
  text.trim() === '' ? emptyValue : numberOrText(text)

/** The current settings of the service, as the values of the fields. */
export function settingsOf(service: Service) {
  const { deploymentConfiguration: deployment } = service
  const { enable = false, rollback = false } = deployment?.deploymentCircuitBreaker ?? {}
  return {
    breaker: { enable, rollback },
    minimumHealthyPercent: deployment?.minimumHealthyPercent ?? 100,
    maximumPercent: deployment?.maximumPercent ?? 200,
    gracePeriodSeconds: service.healthCheckGracePeriodSeconds ?? 0,
    allowsTerminals: service.enableExecuteCommand ?? false,
    platformVersion: service.platformVersion ?? 'LATEST',
    ...networkOf(service),
    loadBalancers: service.loadBalancers ?? [],
    tags: withoutTagsOfAws(tagsIn(service.tags)),
  }
}

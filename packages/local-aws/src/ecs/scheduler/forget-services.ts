/** Deletes services some time after they became INACTIVE. */
import type { EcsState } from '../records/state.ts'

/**
 * ECS shows a deleted service as INACTIVE for a while (API Reference, DeleteService). It does not document how long;
 * here one hour.
 */
const INACTIVE_KEPT_MS = 3_600_000

/**
 * Deletes services that have been INACTIVE for too long. CreateService calls it; no timer is needed, because nothing
 * waits for the deletion.
 */
export function forgetInactiveServices(ecsState: EcsState, now: number): void {
  for (const { serviceArn, engineState } of ecsState.services.allBy('inactive', 'yes'))
    if ((engineState.inactiveSince ?? now) < now - INACTIVE_KEPT_MS) forgetService(ecsState, serviceArn)
}

/** Deletes the service with its revisions, service deployments and events. */
export function forgetService(ecsState: EcsState, serviceArn: string): void {
  for (const { serviceDeploymentArn } of ecsState.serviceDeployments.allBy('service', serviceArn))
    ecsState.serviceDeployments.delete(serviceDeploymentArn)
  for (const { serviceRevisionArn } of ecsState.serviceRevisions.allBy('service', serviceArn))
    ecsState.serviceRevisions.delete(serviceRevisionArn)
  ecsState.serviceEvents.delete(serviceArn)
  ecsState.services.delete(serviceArn)
}

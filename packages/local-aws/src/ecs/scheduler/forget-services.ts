import type { EcsState } from '../records/state.ts'

/** ECS shows a deleted service as INACTIVE for a while, without saying how long (API Reference, DeleteService); so long here. */
const INACTIVE_KEPT_MS = 3_600_000

/** Forgets services that have been INACTIVE for long. Nothing waits for it, so it is done when new ones come. */
export function forgetInactiveServices(ecsState: EcsState, now: number): void {
  for (const { serviceArn, engine } of ecsState.services.by('inactive', 'yes'))
    if ((engine.inactiveSince ?? now) < now - INACTIVE_KEPT_MS) forgetService(ecsState, serviceArn)
}

/** The service with all that was told of it. */
export function forgetService(ecsState: EcsState, serviceArn: string): void {
  for (const { serviceDeploymentArn } of ecsState.serviceDeployments.by('service', serviceArn))
    ecsState.serviceDeployments.delete(serviceDeploymentArn)
  for (const { serviceRevisionArn } of ecsState.serviceRevisions.by('service', serviceArn))
    ecsState.serviceRevisions.delete(serviceRevisionArn)
  ecsState.serviceEvents.delete(serviceArn)
  ecsState.services.delete(serviceArn)
}

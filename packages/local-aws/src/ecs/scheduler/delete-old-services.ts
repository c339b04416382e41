/** Deletes services some time after they became INACTIVE. */
import type { EcsTables } from '../records/ecs-tables.ts'

/**
 * ECS shows a deleted service as INACTIVE for a while (API Reference, DeleteService). It does not document how long;
 * here one hour.
 */
const INACTIVE_KEPT_MS = 3_600_000

/**
 * Deletes services that have been INACTIVE for too long. CreateService calls it; no timer is needed, because nothing
 * waits for the deletion.
 */
export function deleteOldInactiveServices(ecsTables: EcsTables, now: number): void {
  for (const { serviceArn, internal } of ecsTables.services.allByIndex('inactive', 'yes'))
    if ((internal.inactiveSince ?? now) < now - INACTIVE_KEPT_MS) deleteServiceRecords(ecsTables, serviceArn)
}

/** Deletes the service with its revisions, service deployments and events. */
export function deleteServiceRecords(ecsTables: EcsTables, serviceArn: string): void {
  for (const { serviceDeploymentArn } of ecsTables.serviceDeployments.allByIndex('service', serviceArn))
    ecsTables.serviceDeployments.delete(serviceDeploymentArn)
  for (const { serviceRevisionArn } of ecsTables.serviceRevisions.allByIndex('service', serviceArn))
    ecsTables.serviceRevisions.delete(serviceRevisionArn)
  ecsTables.serviceEvents.delete(serviceArn)
  ecsTables.services.delete(serviceArn)
}

import type { World } from '../records/state.ts'

/** ECS shows a deleted service as INACTIVE for a while, without saying how long (API Reference, DeleteService); so long here. */
const INACTIVE_KEPT_MS = 3_600_000

/** Forgets services that have been INACTIVE for long. Nothing waits for it, so it is done when new ones come. */
export function forgetInactiveServices(world: World, now: number): void {
  for (const { serviceArn, engine } of world.services.by('inactive', 'yes'))
    if ((engine.inactiveSince ?? now) < now - INACTIVE_KEPT_MS) forgetService(world, serviceArn)
}

/** The service with all that was told of it. */
export function forgetService(world: World, serviceArn: string): void {
  for (const { serviceDeploymentArn } of world.serviceDeployments.by('service', serviceArn))
    world.serviceDeployments.delete(serviceDeploymentArn)
  for (const { serviceRevisionArn } of world.serviceRevisions.by('service', serviceArn))
    world.serviceRevisions.delete(serviceRevisionArn)
  world.serviceEvents.delete(serviceArn)
  world.services.delete(serviceArn)
}

import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { World } from '../records/state.ts'
import { serviceEvents } from './service-events.ts'
import { addEvents } from './service-history.ts'

/** What the runtime has to say, as an event of the task's service; of all services that have tasks where it is about no one task. */
export function tellServices(
  worlds: readonly World[],
  parts: { clock: Clock; ids: Ids },
  text: string,
  taskArn?: string,
): void {
  for (const world of worlds) {
    const concerned = taskArn === undefined ? world.tasks.by('life', 'going on') : [world.tasks.get(taskArn)]
    const services = new Set(concerned.flatMap((task) => task?.engine.service ?? []))
    for (const arn of services) {
      const service = world.services.get(arn)
      if (service) addEvents({ world, ...parts }, arn, [serviceEvents.ofRuntime(service.serviceName, text)])
    }
  }
}

import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { EcsState } from '../records/state.ts'
import { serviceEvents } from './service-events.ts'
import { addEvents } from './service-history.ts'

/** What the runtime has to say, as an event of the task's service; of all services that have tasks where it is about no one task. */
export function notifyServices(
  ecsStates: readonly EcsState[],
  parts: { clock: Clock; ids: Ids },
  text: string,
  taskArn?: string,
): void {
  for (const ecsState of ecsStates) {
    const concerned = taskArn === undefined ? ecsState.tasks.by('life', 'going on') : [ecsState.tasks.get(taskArn)]
    const services = new Set(concerned.flatMap((task) => task?.engine.service ?? []))
    for (const arn of services) {
      const service = ecsState.services.get(arn)
      if (service) addEvents({ ecsState, ...parts }, arn, [serviceEvents.ofRuntime(service.serviceName, text)])
    }
  }
}

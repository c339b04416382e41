/** Messages of the container runtime in the events of services. */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { EcsState } from '../records/state.ts'
import { serviceEvents } from './service-events.ts'
import { addEvents } from './service-history.ts'

/**
 * Adds a message of the container runtime to the events of the task's service. Without `taskArn` the message is about
 * the runtime itself, and all services with tasks that have not stopped get it.
 */
export function notifyServices(
  ecsStates: readonly EcsState[],
  deps: { clock: Clock; ids: Ids },
  text: string,
  taskArn?: string,
): void {
  for (const ecsState of ecsStates) {
    const tasks = taskArn === undefined ? ecsState.tasks.allBy('stopped', 'no') : [ecsState.tasks.get(taskArn)]
    const services = new Set(tasks.flatMap((task) => task?.engineState.service ?? []))
    for (const arn of services) {
      const service = ecsState.services.get(arn)
      if (service) addEvents({ ecsState, ...deps }, arn, [serviceEvents.runtimeMessage(service.serviceName, text)])
    }
  }
}

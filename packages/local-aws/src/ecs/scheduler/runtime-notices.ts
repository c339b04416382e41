/** Messages of the container runtime in the events of services. */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import { serviceEventTexts } from './service-events.ts'
import { addEvents } from './service-history.ts'

/**
 * Adds a message of the container runtime to the events of the task's service. Without `taskArn` the message is about
 * the runtime itself, and all services with tasks that have not stopped get it.
 * @param allEcsTables those of each account and Region
 */
export function notifyServices(
  allEcsTables: readonly EcsTables[],
  deps: { clock: Clock; ids: Ids },
  text: string,
  taskArn?: string,
): void {
  for (const ecsTables of allEcsTables) {
    const tasks = taskArn === undefined ? ecsTables.tasks.allByIndex('stopped', 'no') : [ecsTables.tasks.get(taskArn)]
    const services = new Set(tasks.flatMap((task) => task?.internal.service ?? []))
    for (const arn of services) {
      const service = ecsTables.services.get(arn)
      if (service) addEvents({ ecsTables, ...deps }, arn, [serviceEventTexts.runtimeMessage(service.serviceName, text)])
    }
  }
}

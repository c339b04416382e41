import type { Service, Task } from '@ecs-api/client'
import type { ReactNode } from 'react'
import { Facts } from '../facts/facts.tsx'
import { wordOf } from '../facts/words.ts'
import { DefinitionLink } from '../parts/definition-link.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { PublishedPorts } from '../parts/published-ports.tsx'
import { taskSize } from '../parts/task-size.ts'
import { Ago } from '../parts/time.tsx'

/** ECS's name for the processor architecture of a task, among its attributes. */
const architectureAttribute = 'ecs.cpu-architecture'

/** @param owningService the service of the task; undefined while it is not known, and for a task without one */
export function TaskFacts({
  account,
  task,
  owningService,
}: {
  account: string
  task: Task
  owningService: Service | undefined
}) {
  return (
    <Facts
      title="Facts"
      groups={[
        [
          // The words of ECS, which people search for.
          ['Stop code', task.stopCode],
          ['Stopped reason', task.stoppedReason],
          ['Task definition', task.taskDefinition && <DefinitionLink account={account} name={task.taskDefinition} />],
          ['Size', taskSize(task)],
          ['Address', task.address],
          ['Public address', task.publicAddress],
          ['Ports', task.ports.length > 0 && <PublishedPorts key="ports" task={task} />],
          ...networkFacts(task, owningService),
          ['Terminals', task.enableExecuteCommand ? 'on' : 'off'],
          ['Platform', [task.platformFamily, task.platformVersion].filter(Boolean).join(' ')],
          ['Architecture', task.attributes?.find(({ name }) => name === architectureAttribute)?.value],
          ['Capacity provider', task.capacityProviderName],
          ['Launch type', task.capacityProviderName === undefined && task.launchType && wordOf(task.launchType)],
          ['Containers', task.runtime],
          ['Started by', task.startedBy],
          ['Created', <Ago key="created" at={task.createdAt} />],
          [
            'Id',
            <code key="id">
              <PrintableText text={task.id} />
            </code>,
          ],
        ],
      ]}
    />
  )
}

function networkFacts(task: Task, owningService: Service | undefined): [string, ReactNode][] {
  const details = Object.assign({}, ...task.attachments.map((attachment) => attachment.details))
  // ECS returns no security groups with a task. They are those of the deployment that started it.
  const deployment = owningService?.deployments.find(({ id }) => id === task.startedBy)
  return [
    ['Subnet', details.subnetId],
    ['Security groups', deployment?.networkConfiguration?.awsvpcConfiguration?.securityGroups?.join(', ')],
    ['Network interface', details.networkInterfaceId],
    ['Zone', task.availabilityZone],
  ]
}

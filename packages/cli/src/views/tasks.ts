/** How tasks are shown to people. */
import type { Task } from '@ecs-api/client'
import { taskSentence } from '@ecs-api/client/words'
import type { ResourceView } from '../out/resource-view.ts'
import type { Style } from '../out/style.ts'
import { pairsText } from './services.ts'

const styleOf = (task: Task): Style => {
  const { state } = taskSentence(task, Date.now())
  if (state === 'running') return 'green'
  return state === 'failed' || state === 'unhealthy' ? 'red' : 'yellow'
}

export const taskView: ResourceView<Task> = {
  noun: 'tasks',
  name: ({ cluster, id }) => `${cluster}/${id}`,
  whenEmpty: 'Run one: ecs-api run TASKDEF',
  columns: [
    { header: 'TASK', value: ({ id }) => id, keepPriority: 10, kind: 'id' },
    { header: 'CLUSTER', value: ({ cluster }) => cluster, keepPriority: 4, kind: 'name' },
    { header: 'GROUP', value: ({ group }) => group.replace(/^service:/, ''), keepPriority: 6, kind: 'name' },
    { header: 'STATUS', value: ({ lastStatus }) => lastStatus, keepPriority: 9, style: styleOf },
    { header: 'DEFINITION', value: ({ taskDefinition }) => taskDefinition, keepPriority: 5, kind: 'id' },
    { header: 'SENTENCE', value: (task, now) => taskSentence(task, now).text, keepPriority: 7, kind: 'text' },
    { header: 'ADDRESS', value: (task) => hostAddresses(task) || task.address, keepPriority: 3 },
    { header: 'ZONE', value: ({ availabilityZone }) => availabilityZone, keepPriority: 2, isWide: true },
    { header: 'CREATED', value: ({ createdAt }) => createdAt, keepPriority: 1, kind: 'time', isWide: true },
  ],
  fields: (task, now) => {
    const { text, detail } = taskSentence(task, now)
    return [
      ['task', `${task.cluster}/${task.id}`],
      ['state', text, styleOf(task)],
      ['why', detail],
      ['stop code', task.stopCode],
      ['group', task.group],
      ['definition', task.taskDefinition],
      ...task.containers.map(
        ({ name, lastStatus, exitCode, healthStatus, image }) =>
          [
            'container',
            [name, lastStatus, exitCode === undefined ? '' : `exit ${exitCode}`, shownHealth(healthStatus), image]
              .filter(Boolean)
              .join('  '),
          ] as const,
      ),
      ['size', task.cpu === undefined ? undefined : `${task.cpu} CPU units, ${task.memory} MiB`],
      ['runtime', task.runtime],
      ['address', task.address],
      ['public', task.publicAddress],
      ['ports', task.ports.map((port) => `${port.containerPort} at ${hostAddress(port)}`).join(', ')],
      ['zone', task.availabilityZone],
      ['started by', task.startedBy],
      ['tags', pairsText(task.tags)],
      ['created', task.createdAt],
      ['arn', task.arn],
    ]
  },
}

const hostAddress = ({ hostIp, hostPort }: Task['ports'][number]) => `${hostIp ?? ''}:${hostPort}`

/** Where the ports of the task are reached from the machine of a local engine. */
export function hostAddresses({ ports }: Task): string {
  return ports.map(hostAddress).join(', ')
}

/** Leaves out UNKNOWN, which ECS reports for a container without a health check. */
function shownHealth(status: string | undefined): string | undefined {
  return status === 'UNKNOWN' ? undefined : status
}

/**
 * A task endpoint in a process of its own, for behaviour that only a process shows: it prints the URL of its task's
 * metadata.
 */
import { openEndpointWithTasks } from './endpoint-with-tasks.ts'

const { tasks, port, environmentOf } = await openEndpointWithTasks(['127.0.0.1'], console.error)
const { pathname } = new URL(environmentOf(tasks[0]!, 'app').ECS_CONTAINER_METADATA_URI_V4!)
console.log(`http://127.0.0.1:${port}${pathname}`)

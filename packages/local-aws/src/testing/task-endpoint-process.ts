/**
 * A task endpoint in a process of its own, for behaviour that only a process shows: it prints the URL of its task's
 * metadata.
 */
import { endpointOfTasks } from './endpoint-of-tasks.ts'

const { tasks, port, environmentOf } = await endpointOfTasks(['127.0.0.1'], console.error)
const { pathname } = new URL(environmentOf(tasks[0]!, 'app').ECS_CONTAINER_METADATA_URI_V4!)
console.log(`http://127.0.0.1:${port}${pathname}`)

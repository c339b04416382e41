/** Log lines as plain text and as NDJSON. */
import type { LogLine } from './log-line.ts'

export const plainTextType = 'text/plain'
export const ndjsonType = 'application/x-ndjson'

/** A person needs only the first characters of a task's id to tell the tasks of a service apart. */
const shortIdLength = 8

export function formatLines(items: readonly LogLine[], type: string): string {
  return items.map(type === ndjsonType ? jsonOf : textOf).join('')
}

function jsonOf(line: LogLine): string {
  return `${JSON.stringify(line)}\n`
}

function textOf({ time, task, container, message }: LogLine): string {
  return `${time} ${container}/${task.slice(0, shortIdLength)} ${message.replace(/\r?\n$/, '')}\n`
}

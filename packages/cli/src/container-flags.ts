/** The flags for the containers of a task: image, variables, command, health check, ports. */
import type { Flag } from './command.ts'
import { UsageError } from './errors.ts'
import type { Flags } from './flags.ts'
import { readShellWords } from './shell-words.ts'

export const imageFlag: Flag = {
  spec: '--image <ref>',
  summary: 'image, or CONTAINER=REF; may be repeated',
  kind: 'list',
}
export const environmentFlag: Flag = {
  spec: '--env <pair>',
  summary: 'KEY=VALUE, or CONTAINER:KEY=VALUE; may be repeated',
  kind: 'list',
}
export const unsetFlag: Flag = { spec: '--unset <key>', summary: 'remove a variable; may be repeated', kind: 'list' }
export const processFlags: readonly Flag[] = [
  {
    spec: '--command <words>',
    summary: `words as in a shell, or a JSON array: 'sh -c "exit 3"'; '' is the command of the image`,
  },
  {
    spec: '--health-check <command>',
    summary: `shell command that exits with 0 while the container is healthy; '' removes it`,
  },
  { spec: '--port <port>', summary: 'port of the container, such as 80 or 53/udp; may be repeated', kind: 'list' },
]

/** The fields of a container that flags set. Null removes one. */
export interface ContainerFields {
  image?: string
  environment?: Record<string, string | null>
  command?: string[] | null
  healthCheck?: { command: string[] } | null
  ports?: (number | string)[]
}

export interface ContainerChange {
  /** Undefined when the flag names none. */
  container: string | undefined
  fields: ContainerFields
}

/** @returns one change for each flag, in no order that matters @throws UsageError with every wrong flag */
export function containerChangesOf(flags: Flags): ContainerChange[] {
  const faults: string[] = []
  const ofAll = flags.text('container')
  const images = flags.list('image').map((text): ContainerChange => {
    // An image has no `=`.
    const [, container = ofAll, image = ''] = /^(?:([\w-]+)=)?(.+)$/.exec(text) ?? []
    if (image === '') faults.push(`--image "${text}": give REF or CONTAINER=REF.`)
    return { container, fields: { image } }
  })
  const variable = (flag: 'env' | 'unset', example: string) =>
    flags.list(flag).map((text): ContainerChange => {
      const [, container = ofAll, name, value] = /^(?:([\w-]+):)?([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(text) ?? []
      if (name === undefined || (value === undefined) !== (flag === 'unset'))
        faults.push(`--${flag} "${text}": give ${example} or CONTAINER:${example}.`)
      return { container, fields: { environment: { [name ?? '']: value ?? null } } }
    })
  const others = processFieldsOf(flags, faults)
  const changes = [
    ...images,
    ...variable('env', 'KEY=VALUE'),
    ...variable('unset', 'KEY'),
    ...(Object.keys(others).length > 0 ? [{ container: ofAll, fields: others }] : []),
  ]
  if (faults.length > 0) throw new UsageError(faults.join('\n'))
  return changes
}

function processFieldsOf(flags: Flags, faults: string[]): ContainerFields {
  const fields: ContainerFields = {}
  const command = flags.text('command')
  if (command !== undefined) {
    const words = wordsOf('--command', command, faults)
    fields.command = words.length > 0 ? words : null
  }
  const check = flags.text('health-check')
  if (check !== undefined) {
    const words = isJsonArray.test(check) ? wordsOf('--health-check', check, faults) : ['CMD-SHELL', check]
    fields.healthCheck = check.trim() === '' ? null : { command: words }
  }
  const ports = flags.list('port')
  for (const port of ports)
    if (!/^\d{1,5}(\/(tcp|udp))?$/.test(port)) faults.push(`--port "${port}": give a number, such as 80 or 53/udp.`)
  if (ports.length > 0) fields.ports = ports.map((port) => (/^\d+$/.test(port) ? Number(port) : port))
  return fields
}

/** `[ -f /ready ]` is a command, and no JSON. */
const isJsonArray = /^\s*\[\s*["\]]/

function wordsOf(flag: string, text: string, faults: string[]): string[] {
  if (!isJsonArray.test(text)) {
    const { words, fault } = { words: [], ...readShellWords(text) }
    if (fault !== undefined) faults.push(`${flag}: ${fault}.`)
    return words
  }
  try {
    const words: unknown = JSON.parse(text)
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words
  } catch {
    // The fault below says so.
  }
  faults.push(`${flag}: it begins like a JSON array of texts, and is none.`)
  return []
}

/** The fields with those of a change. Variables are merged. */
export function withContainerFields(fields: ContainerFields, change: ContainerFields): ContainerFields {
  const environment = change.environment && { ...fields.environment, ...change.environment }
  return { ...fields, ...change, ...(environment && { environment }) }
}

/** The fields of each container that the changes name, with its name. */
export function containersOfChanges(
  changes: readonly ContainerChange[],
  defaultName: string,
): (ContainerFields & { name: string })[] {
  const byName = new Map<string, ContainerFields>()
  for (const { container = defaultName, fields } of changes)
    byName.set(container, withContainerFields(byName.get(container) ?? {}, fields))
  return [...byName].map(([name, fields]) => ({ name, ...fields }))
}

/**
 * Conversions between a container definition and the texts of its form fields. They accept every text: the plan reports
 * invalid values.
 */
import { shellWord } from '../parts/shell-command.ts'
import { splitIntoWords } from './parsed-field.tsx'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

interface PortMapping {
  containerPort?: unknown
  protocol?: string
  [member: string]: unknown
}

export interface Container {
  name?: string
  image?: string
  /** The API's shorthand for `portMappings`. */
  ports?: unknown[]
  portMappings?: PortMapping[]
  command?: string[]
  environment?: unknown
  secrets?: unknown
  logConfiguration?: { logDriver?: string; options?: Record<string, string> }
  [member: string]: unknown
}

/** Splits a command into words as a shell does. At the end of the text an open quote counts as closed. */
export const parseCommand = (text: string): string[] => splitCommand(text).words

/** Describes a quote that is not closed; undefined when every quote is closed. */
export function describeUnclosedQuote(text: string): string | undefined {
  const { openQuote } = splitCommand(text)
  return openQuote && `The quote ${openQuote} is not closed.`
}

function splitCommand(text: string): { words: string[]; openQuote: string | undefined } {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (quote !== undefined && character === quote) quote = undefined
    else if (character === '\\' && quote !== "'" && i + 1 < text.length) word = (word ?? '') + text[++i]
    else if (quote !== undefined) word += character
    else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (/["']/.test(character)) {
      quote = character
      word ??= ''
    } else word = (word ?? '') + character
  }
  return { words: word === undefined ? words : [...words, word], openQuote: quote }
}

/** The value if it is an array, else an empty array: a document that a person edits can have any value anywhere. */
export const arrayOrEmpty = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const commandText = (words: readonly unknown[]) => words.map((word) => shellWord(String(word))).join(' ')

/** The ports of a container in the API's short form: `80`, `53/udp`. */
export function portsOf({ ports, portMappings }: Container): unknown[] {
  return ports === undefined
    ? (arrayOrEmpty(portMappings) as (PortMapping | null)[]).map((each) =>
        portText(each?.containerPort, each?.protocol),
      )
    : arrayOrEmpty(ports)
}

const portText = (port: unknown, protocol: unknown) =>
  protocol === undefined || protocol === 'tcp' ? port : `${port}/${protocol}`

export function parsePorts(text: string): (number | string)[] {
  return splitIntoWords(text).map((word) => (/^\d+$/.test(word) ? Number(word) : word))
}

/** A copy of the container with these ports. A mapping for a port that stays keeps its other members. */
export function withPorts(container: Container, ports: readonly (number | string)[]): Container {
  if (!container.portMappings) return withMemberUnlessEmpty(container, 'ports', ports)
  const currentMappings = arrayOrEmpty(container.portMappings) as PortMapping[]
  return {
    ...container,
    portMappings: ports.map((port) => {
      const currentMapping = currentMappings.find((each) => portText(each?.containerPort, each?.protocol) === port)
      if (currentMapping) return currentMapping
      const [number = '', protocol] = String(port).split('/')
      return { containerPort: /^\d+$/.test(number) ? Number(number) : number, ...(protocol && { protocol }) }
    }),
  }
}

/** Names with values, from the API's map `{NAME: value}` or from ECS's list `[{name, value}]`. */
export function pairsOf(value: unknown, member: 'value' | 'valueFrom'): Record<string, string> {
  if (Array.isArray(value))
    return Object.fromEntries(value.map((pair) => [String(pair?.name ?? ''), String(pair?.[member] ?? '')]))
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {}
}

export const pairsText = (pairs: Record<string, string>) =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')

export function parsePairs(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const [name = ''] = line.split('=', 1)
      return [name.trim(), line.slice(name.length + 1)]
    }),
  )
}

/** Describes the first line that is not NAME=value; undefined when there is none. */
export function describeLineWithoutPair(text: string): string | undefined {
  const lines = text.split('\n')
  const i = lines.findIndex((line) => line.trim() !== '' && !/^[^=]*[^=\s][^=]*=/.test(line))
  if (i < 0) return undefined
  return `Line ${i + 1} is not NAME=value: ${lines[i]!.includes('=') ? 'its name is missing.' : 'it has no =.'}`
}

/** Whether each value fits on one line of a text field. */
export const fitsOnLines = (pairs: Record<string, string>) =>
  Object.values(pairs).every((value) => !/[\r\n]/.test(String(value)))

const logGroupOf = (family: string) => `/ecs/${family}`

/** The log configuration that stores a container's output in CloudWatch Logs, in a log group named for the family. */
export function awslogsConfiguration(family: string, region: string): NonNullable<Container['logConfiguration']> {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': logGroupOf(family),
      'awslogs-region': region,
      'awslogs-stream-prefix': 'ecs',
      'awslogs-create-group': 'true',
    },
  }
}

/** The containers of a task definition; an empty array when one of them is not an object. */
export function containersOf({ containerDefinitions }: { containerDefinitions?: unknown }): Container[] {
  const all = arrayOrEmpty(containerDefinitions)
  return all.every((each) => typeof each === 'object' && each !== null) ? (all as Container[]) : []
}

/** A copy of the container whose log group is named for the new family, if it was named for the old one. */
export function withLogGroupOfFamily(container: Container, oldFamily: string, newFamily: string): Container {
  const { logConfiguration } = container
  if (logConfiguration?.options?.['awslogs-group'] !== logGroupOf(oldFamily)) return container
  const options = { ...logConfiguration.options, 'awslogs-group': logGroupOf(newFamily) }
  return { ...container, logConfiguration: { ...logConfiguration, options } }
}

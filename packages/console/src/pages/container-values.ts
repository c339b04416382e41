/** The values of a container definition as a person types them. Every text is taken: the plan names what is wrong. */
import { quoted } from '../parts/copy.tsx'
import { wordsIn } from '../parts/linked-field.tsx'
import { withMember } from '../parts/with-member.ts'

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

/** Splits a command into its words as a shell does. A quote that is not closed ends with the text. */
export const commandWords = (text: string): string[] => readCommand(text).words

/** Undefined when every quote is closed. */
export function unclosedQuote(text: string): string | undefined {
  const { openQuote } = readCommand(text)
  return openQuote && `The quote ${openQuote} is not closed.`
}

function readCommand(text: string): { words: string[]; openQuote: string | undefined } {
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

/** A document may have any value anywhere. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const commandText = (words: readonly unknown[]) => words.map((word) => quoted(String(word))).join(' ')

/** Ports as the API's shorthand has them: `80`, `53/udp`. */
export function portsOf({ ports, portMappings }: Container): unknown[] {
  return ports === undefined
    ? (listOf(portMappings) as (PortMapping | null)[]).map((each) => portOf(each?.containerPort, each?.protocol))
    : listOf(ports)
}

const portOf = (port: unknown, protocol: unknown) =>
  protocol === undefined || protocol === 'tcp' ? port : `${port}/${protocol}`

export function portsIn(text: string): (number | string)[] {
  return wordsIn(text).map((word) => (/^\d+$/.test(word) ? Number(word) : word))
}

/** The container with these ports. Mappings that it has already keep their other members. */
export function withPorts(container: Container, ports: readonly (number | string)[]): Container {
  if (!container.portMappings) return withMember(container, 'ports', ports)
  const present = listOf(container.portMappings) as PortMapping[]
  return {
    ...container,
    portMappings: ports.map((port) => {
      const known = present.find((each) => portOf(each?.containerPort, each?.protocol) === port)
      if (known) return known
      const [number = '', protocol] = String(port).split('/')
      return { containerPort: /^\d+$/.test(number) ? Number(number) : number, ...(protocol && { protocol }) }
    }),
  }
}

/** Pairs as a map, from the API's form or from ECS's list. */
export function pairsOf(value: unknown, member: 'value' | 'valueFrom'): Record<string, string> {
  if (Array.isArray(value))
    return Object.fromEntries(value.map((pair) => [String(pair?.name ?? ''), String(pair?.[member] ?? '')]))
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {}
}

export const pairsText = (pairs: Record<string, string>) =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')

export function pairsIn(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const [name = ''] = line.split('=', 1)
      return [name.trim(), line.slice(name.length + 1)]
    }),
  )
}

/** Undefined when each line is a pair. */
export function lineWithoutPair(text: string): string | undefined {
  const lines = text.split('\n')
  const i = lines.findIndex((line) => line.trim() !== '' && !/^[^=]*[^=\s][^=]*=/.test(line))
  if (i < 0) return undefined
  return `Line ${i + 1} is not NAME=value: ${lines[i]!.includes('=') ? 'its name is missing.' : 'it has no =.'}`
}

/** A value with a line break has no place in a list of lines. */
export const isOnLines = (pairs: Record<string, string>) =>
  Object.values(pairs).every((value) => !/[\r\n]/.test(String(value)))

const logGroupOf = (family: string) => `/ecs/${family}`

/** The log of a container in CloudWatch Logs, in a group of its family. */
export function awslogs(family: string, region: string): NonNullable<Container['logConfiguration']> {
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

/** The containers of a definition; none while one of them is no object. */
export function containersOf({ containerDefinitions }: { containerDefinitions?: unknown }): Container[] {
  const all = listOf(containerDefinitions)
  return all.every((each) => typeof each === 'object' && each !== null) ? (all as Container[]) : []
}

/** The container with the group of the new family, where its log goes to the group of the old one. */
export function withFamily(container: Container, from: string, to: string): Container {
  const { logConfiguration } = container
  if (logConfiguration?.options?.['awslogs-group'] !== logGroupOf(from)) return container
  const options = { ...logConfiguration.options, 'awslogs-group': logGroupOf(to) }
  return { ...container, logConfiguration: { ...logConfiguration, options } }
}

/**
 * Finds completion candidates: commands and flags in the table, and names at the gateway, which has 300 ms to respond.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { AccountClient, Client, components } from '@ecs-api/client'
import { serviceSentence } from '@ecs-api/client/words'
import type { Command, CommandInput, Flag, LocalCommandInput } from './command.ts'
import { filesCandidate } from './completion-scripts.ts'
import { newConnectedInput } from './context/connect-input.ts'
import { Flags } from './flags.ts'
import { globalFlags } from './global-flags.ts'
import { printableLine } from './out/printable.ts'
import { findTypedCommand, parseTyped } from './parse.ts'

type Candidate = readonly [name: string, description: string]
type CompletionInput = Omit<LocalCommandInput, 'args' | 'rest'>

const maxReadMs = 300
const maxCacheAgeMs = 10_000

/** @param words the words after `ecs-api`; the last one is being typed */
export async function completionsOf(words: readonly string[], input: CompletionInput): Promise<Candidate[]> {
  const { commands } = input
  const typed = words.at(-1) ?? ''
  const earlier = words.slice(0, -1)
  const isMatch = ([name]: Candidate) => name.startsWith(typed)
  const { noun, verb, command, words: wordsAfterCommand } = findTypedCommand(commands, earlier)
  if (typed.startsWith('-')) return flagsOf(command).filter(isMatch)
  const valueFlag = flagBefore(command, earlier.at(-1))
  if (valueFlag)
    return (await valuesOf(valueFlag, command, wordsAfterCommand, input)).filter(
      ([name]) => isFiles(name) || isMatch([name, '']),
    )
  if (!command) return verb === undefined ? nextWords(commands, noun).filter(isMatch) : []
  const { args, flags } = parseTyped(command, wordsAfterCommand) ?? {}
  const argumentName = args && command.arguments?.match(/[<[]([^\]>.]+)/g)?.[args.length]?.slice(1)
  return argumentName === undefined
    ? []
    : (await namesFor(kindOfValue[argumentName] ?? argumentName, { ...input, flags: targetFlagsOf(flags!) })).filter(
        isMatch,
      )
}

const isFiles = (name: string) => name === filesCandidate

/** The flag whose value is being typed. */
function flagBefore(command: Command | undefined, word: string | undefined): Flag | undefined {
  if (word === undefined || !word.startsWith('-')) return undefined
  const flags = [...(command?.flags ?? []), ...globalFlags]
  return flags.find(({ spec }) => spec.includes('<') && spec.replace(/ <.*/, '').split(', ').includes(word))
}

/** Which names of the gateway are the values of a flag, by its long name, or of an argument. */
const kindOfValue: Readonly<Record<string, string>> = {
  cluster: 'cluster',
  account: 'account',
  service: 'service',
  family: 'taskdef',
  image: 'image',
  'task-definition': 'taskdef',
}

/** The values of a flag: its choices, names at the gateway, or the names of files. */
async function valuesOf(
  { spec, choices }: Flag,
  command: Command | undefined,
  words: readonly string[],
  input: CompletionInput,
): Promise<Candidate[]> {
  if (choices) return choices.map((choice) => [choice, ''] as const)
  if (spec.includes('<file>') || spec.startsWith('-d, --data')) return [[filesCandidate, '']]
  const kind = kindOfValue[/--([\w-]+)/.exec(spec)![1]!]
  if (kind === undefined) return []
  // Without the flag that has no value yet.
  const { flags } = (command && parseTyped(command, words.slice(0, -1))) ?? { flags: input.flags }
  return namesFor(kind, { ...input, flags: targetFlagsOf(flags) })
}

/**
 * Keeps the flags that say where names are read. A flag of the output, such as `--curl`, must not affect these reads.
 */
function targetFlagsOf(flags: Flags): Flags {
  return new Flags(Object.fromEntries(['url', 'profile', 'account', 'cluster'].map((name) => [name, flags.text(name)])))
}

function flagsOf(command: Command | undefined): Candidate[] {
  return [...(command?.flags ?? []), ...globalFlags].map(
    ({ spec, summary }) => [/--[\w-]+/.exec(spec)![0], summary] as const,
  )
}

/** The first words of all commands; with a noun, the second words of its commands. */
function nextWords(commands: readonly Command[], noun: string | undefined): Candidate[] {
  const found = new Map<string, string>()
  for (const { name, summary, group } of commands) {
    if (group === 'hidden') continue
    const [first = '', second] = name.split(' ')
    if (noun === undefined)
      found.set(first, second === undefined ? summary : (found.get(first) ?? `${first}: list, get …`))
    else if (first === noun && second !== undefined) found.set(second, summary)
  }
  return [...found]
}

/** @param argumentName such as `service|task` @returns no candidates when the gateway does not respond in time */
async function namesFor(argumentName: string, local: CompletionInput): Promise<Candidate[]> {
  const kinds = argumentName.split('|')
  if (!kinds.some((kind) => kind === 'account' || kind in candidateReaders)) return []
  try {
    const deadline = AbortSignal.timeout(maxReadMs)
    const { input } = await newConnectedInput({ ...local, args: [], rest: [], signal: deadline }, () => local.questions)
    const { url, account, cluster } = input.target
    const { token } = await input.target.token()
    return await cached([url, account, cluster, token, argumentName], local.now(), async () => {
      const timedOut = new Promise<never>((_, reject) =>
        deadline.addEventListener('abort', () => reject(deadline.reason)),
      )
      const reads = kinds.includes('account')
        ? accountsOf(input.client)
        : input
            .account()
            .then((client) =>
              Promise.all(kinds.map((kind) => candidateReaders[kind]?.(client, cluster, local.now(), input) ?? [])),
            )
      // When the deadline wins, nothing else handles a rejection of `reads`.
      reads.catch(() => {})
      return (await Promise.race([reads, timedOut])).flat()
    })
  } catch {
    return []
  }
}

async function accountsOf(client: Client): Promise<Candidate[][]> {
  const { items } = await client.accounts.page()
  return [items.map(({ name, region }) => [name, region])]
}

type CandidateReader = (
  account: AccountClient,
  cluster: string | undefined,
  now: number,
  input: Pick<CommandInput, 'client' | 'accountName'>,
) => Promise<Candidate[]>

const candidateReaders: Readonly<Record<string, CandidateReader>> = {
  service: async ({ services }, cluster, now) => {
    const { items } = await services.page({ limit: 1000, ...(cluster !== undefined && { cluster }) })
    return items.map((service) => {
      const name = cluster === undefined ? `${service.cluster}/${service.name}` : service.name
      return [name, printableLine(serviceSentence(service, [], now).text)]
    })
  },
  task: async ({ tasks }, cluster) => {
    const { items } = await tasks.page({ limit: 200, ...(cluster !== undefined && { cluster }) })
    return items.map(({ id, lastStatus, group }) => [id.slice(0, 12), `${lastStatus} ${printableLine(group)}`])
  },
  taskdef: async ({ taskDefinitions }) => {
    const { items } = await taskDefinitions.page({ latest: true, limit: 1000 })
    return items.map(({ family, name }) => [family, name])
  },
  cluster: async ({ clusters }) => {
    const { items } = await clusters.page({ limit: 1000 })
    return items.map(({ name, activeServicesCount }) => [name, `${activeServicesCount} services`])
  },
  /** The images of the gateway's machine. An account whose tasks run elsewhere has none, which ends the read. */
  image: async (_account, _cluster, _now, { client, accountName }) => {
    const path = `/v1/ecs/${encodeURIComponent(await accountName())}/images`
    const { items } = await client.request<components['schemas']['ImageList']>('GET', path, { query: { limit: 1000 } })
    return items.map(({ name }) => [printableLine(name), 'on this machine'])
  },
}

/**
 * Caches candidates for 10 s in a folder that only this user can read. The file's name is a hash of the key, which
 * includes the token.
 */
async function cached(
  key: readonly (string | undefined)[],
  now: number,
  read: () => Promise<Candidate[]>,
): Promise<Candidate[]> {
  const folder = privateFolder()
  if (folder === undefined) return read()
  const file = join(folder, createHash('sha256').update(JSON.stringify(key)).digest('hex'))
  try {
    const { cachedAt, candidates } = JSON.parse(readFileSync(file, 'utf8')) as {
      cachedAt: number
      candidates: Candidate[]
    }
    if (now - cachedAt < maxCacheAgeMs && now >= cachedAt) return candidates
  } catch {
    // Nothing is cached yet.
  }
  const candidates = await read()
  try {
    writeFileSync(file, JSON.stringify({ cachedAt: now, candidates }), { mode: 0o600 })
  } catch {
    // Completion works without the cache, but more slowly.
  }
  return candidates
}

/**
 * A folder that only this user can read and write. Another user may have created a folder with this name before, so a
 * folder with another owner or mode is not used. On Windows each user has a folder for temporary files.
 */
function privateFolder(): string | undefined {
  const folder = join(tmpdir(), `ecs-api-${userInfo().username}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stats = lstatSync(folder)
    const isOwn = stats.uid === process.getuid?.() && (stats.mode & 0o777) === 0o700
    return stats.isDirectory() && (isOwn || process.platform === 'win32') ? folder : undefined
  } catch {
    return undefined
  }
}

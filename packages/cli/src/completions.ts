/**
 * Finds completion candidates: commands and flags in the table, and names at the gateway, which has 300 ms to respond.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { AccountClient } from '@ecs-api/client'
import { serviceSentence } from '@ecs-api/client/words'
import type { Command, LocalInput } from './command.ts'
import { connectInput } from './context/connect-input.ts'
import { Flags } from './flags.ts'
import { globalFlags } from './global-flags.ts'
import { printable } from './out/printable.ts'
import { parseTyped, takesValue, typedCommand } from './parse.ts'

type Candidate = readonly [name: string, description: string]
type CompletionInput = Omit<LocalInput, 'args' | 'rest'>

const maxReadMs = 300
const maxCacheAgeMs = 10_000

/** @param words the words after `ecs-api`; the last one is being typed */
export async function completionsOf(words: readonly string[], input: CompletionInput): Promise<Candidate[]> {
  const { commands } = input
  const typed = words.at(-1) ?? ''
  const earlier = words.slice(0, -1)
  const isMatch = ([name]: Candidate) => name.startsWith(typed)
  const { noun, verb, command, words: wordsAfterCommand } = typedCommand(commands, earlier)
  if (typed.startsWith('-')) return flagsOf(command).filter(isMatch)
  // The typed word is the value of the flag before it.
  if (takesValue(earlier.at(-1))) return []
  if (!command) return verb === undefined ? nextWords(commands, noun).filter(isMatch) : []
  const { args, flags } = parseTyped(command, wordsAfterCommand) ?? {}
  const argumentName = args && command.arguments?.match(/[<[]([^\]>.]+)/g)?.[args.length]?.slice(1)
  return argumentName === undefined
    ? []
    : (await namesFor(argumentName, { ...input, flags: targetFlagsOf(flags!) })).filter(isMatch)
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
  if (!kinds.some((kind) => kind in candidateReaders)) return []
  try {
    const deadline = AbortSignal.timeout(maxReadMs)
    const { input } = await connectInput({ ...local, args: [], rest: [], signal: deadline }, () => local.questions)
    const { url, account, cluster } = input.target
    const { token } = await input.target.token()
    return await cached([url, account, cluster, token, argumentName], local.now(), async () => {
      const timedOut = new Promise<never>((_, reject) =>
        deadline.addEventListener('abort', () => reject(deadline.reason)),
      )
      const reads = input
        .account()
        .then((client) =>
          Promise.all(kinds.map((kind) => candidateReaders[kind]?.(client, cluster, local.now()) ?? [])),
        )
      // When the deadline wins, nothing else handles a rejection of `reads`.
      reads.catch(() => {})
      return (await Promise.race([reads, timedOut])).flat()
    })
  } catch {
    return []
  }
}

type CandidateReader = (account: AccountClient, cluster: string | undefined, now: number) => Promise<Candidate[]>

const candidateReaders: Readonly<Record<string, CandidateReader>> = {
  service: async ({ services }, cluster, now) => {
    const { items } = await services.page({ limit: 1000, ...(cluster !== undefined && { cluster }) })
    return items.map((service) => {
      const name = cluster === undefined ? `${service.cluster}/${service.name}` : service.name
      return [name, printable(serviceSentence(service, [], now).text)]
    })
  },
  task: async ({ tasks }, cluster) => {
    const { items } = await tasks.page({ limit: 200, ...(cluster !== undefined && { cluster }) })
    return items.map(({ id, lastStatus, group }) => [id.slice(0, 12), `${lastStatus} ${printable(group)}`])
  },
  taskdef: async ({ taskDefinitions }) => {
    const { items } = await taskDefinitions.page({ latest: true, limit: 1000 })
    return items.map(({ family, name }) => [family, name])
  },
  cluster: async ({ clusters }) => {
    const { items } = await clusters.page({ limit: 1000 })
    return items.map(({ name, activeServicesCount }) => [name, `${activeServicesCount} services`])
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

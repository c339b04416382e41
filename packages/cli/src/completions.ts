/** Candidates for completion: commands and flags from the table, names from the gateway within 300 ms. */
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

type Candidate = readonly [name: string, text: string]
type CompletionInput = Omit<LocalInput, 'args' | 'rest'>

const limitMs = 300
const maxAgeMs = 10_000

export async function completionsOf(words: readonly string[], input: CompletionInput): Promise<Candidate[]> {
  const { commands } = input
  const typed = words.at(-1) ?? ''
  const earlier = words.slice(0, -1)
  const begins = ([name]: Candidate) => name.startsWith(typed)
  const { noun, verb, command, words: afterCommand } = typedCommand(commands, earlier)
  if (typed.startsWith('-')) return flagsOf(command).filter(begins)
  // The typed word is the value of the flag before it.
  if (takesValue(earlier.at(-1))) return []
  if (!command) return verb === undefined ? wordsAfter(commands, noun).filter(begins) : []
  const { args, flags } = parseTyped(command, afterCommand) ?? {}
  const wanted = args && command.arguments?.match(/[<[]([^\]>.]+)/g)?.[args.length]?.slice(1)
  return wanted === undefined ? [] : (await namesOf(wanted, { ...input, flags: placeIn(flags!) })).filter(begins)
}

/** The flags that say where names are read. A flag of the output, such as `--curl`, does not apply to these reads. */
function placeIn(flags: Flags): Flags {
  return new Flags(Object.fromEntries(['url', 'profile', 'account', 'cluster'].map((name) => [name, flags.text(name)])))
}

function flagsOf(command: Command | undefined): Candidate[] {
  return [...(command?.flags ?? []), ...globalFlags].map(
    ({ spec, summary }) => [/--[\w-]+/.exec(spec)![0], summary] as const,
  )
}

/** The first words of all commands, or the verbs of the noun. */
function wordsAfter(commands: readonly Command[], noun: string | undefined): Candidate[] {
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

/** @returns nothing when the gateway does not respond in time */
async function namesOf(wanted: string, local: CompletionInput): Promise<Candidate[]> {
  const kinds = wanted.split('|')
  if (!kinds.some((kind) => kind in readers)) return []
  try {
    const deadline = AbortSignal.timeout(limitMs)
    const { input } = await connectInput({ ...local, args: [], rest: [], signal: deadline }, () => local.questions)
    const { url, account, cluster } = input.target
    const { token } = await input.target.token()
    return await cached([url, account, cluster, token, wanted], local.now(), async () => {
      const late = new Promise<never>((_, reject) => deadline.addEventListener('abort', () => reject(deadline.reason)))
      const reads = input
        .account()
        .then((client) => Promise.all(kinds.map((kind) => readers[kind]?.(client, cluster, local.now()) ?? [])))
      // When the deadline wins, nothing else handles a rejection of `reads`.
      reads.catch(() => {})
      return (await Promise.race([reads, late])).flat()
    })
  } catch {
    return []
  }
}

type Reader = (account: AccountClient, cluster: string | undefined, now: number) => Promise<Candidate[]>

const readers: Readonly<Record<string, Reader>> = {
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
  const folder = ownFolder()
  if (folder === undefined) return read()
  const file = join(folder, createHash('sha256').update(JSON.stringify(key)).digest('hex'))
  try {
    const { at, found } = JSON.parse(readFileSync(file, 'utf8')) as { at: number; found: Candidate[] }
    if (now - at < maxAgeMs && now >= at) return found
  } catch {
    // Nothing is cached yet.
  }
  const found = await read()
  try {
    writeFileSync(file, JSON.stringify({ at: now, found }), { mode: 0o600 })
  } catch {
    // Without the cache it works too, only more slowly.
  }
  return found
}

/**
 * A folder that only this user can read and write. Anybody can create one with this name first, so another owner or
 * another mode means that it is not used. Windows has a folder for each user.
 */
function ownFolder(): string | undefined {
  const folder = join(tmpdir(), `ecs-api-${userInfo().username}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const found = lstatSync(folder)
    const isOwn = found.uid === process.getuid?.() && (found.mode & 0o777) === 0o700
    return found.isDirectory() && (isOwn || process.platform === 'win32') ? folder : undefined
  } catch {
    return undefined
  }
}

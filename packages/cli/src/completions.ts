/** Candidates for completion: commands and flags from the table, names from the gateway within 300 ms. */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { AccountClient } from '@ecs-api/client'
import { sentence } from '@ecs-api/client/words'
import type { Command, LocalInput } from './command.ts'
import { connectInput } from './context/connect-input.ts'
import { Flags } from './flags.ts'
import { globalFlags } from './global-flags.ts'
import { printable } from './out/printable.ts'

type Candidate = readonly [name: string, text: string]
type Asking = Omit<LocalInput, 'args' | 'rest'>

const limitMs = 300
const keptMs = 10_000

export async function completionsOf(words: readonly string[], asking: Asking): Promise<Candidate[]> {
  const { commands } = asking
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1).filter((word) => !word.startsWith('-'))
  const begins = ([name]: Candidate) => name.startsWith(typed)
  const command = commands.find(({ name }) => name === before.slice(0, 2).join(' ') || name === before[0])
  if (typed.startsWith('-')) return flagsOf(command).filter(begins)
  if (!command) return wordsAfter(commands, before).filter(begins)
  const position = before.length - command.name.split(' ').length
  const wanted = command.arguments?.match(/[<[]([^\]>.]+)/g)?.[position]?.slice(1)
  return wanted === undefined ? [] : (await namesOf(wanted, asking)).filter(begins)
}

function flagsOf(command: Command | undefined): Candidate[] {
  return [...(command?.flags ?? []), ...globalFlags].map(
    ({ spec, summary }) => [/--[\w-]+/.exec(spec)![0], summary] as const,
  )
}

/** The first words of all commands, or the verbs of the noun. */
function wordsAfter(commands: readonly Command[], before: readonly string[]): Candidate[] {
  const [noun] = before
  if (before.length > 1) return []
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
async function namesOf(wanted: string, asking: Asking): Promise<Candidate[]> {
  const kinds = wanted.split('|')
  if (!kinds.some((kind) => kind in readers)) return []
  try {
    const deadline = AbortSignal.timeout(limitMs)
    const { input } = await connectInput(
      { ...asking, flags: new Flags({}), args: [], rest: [], signal: deadline },
      () => asking.ask,
    )
    const { url, account, cluster } = input.target
    const { token } = await input.target.token()
    return await kept([url, account, cluster, token, wanted], asking.now(), async () => {
      const late = new Promise<never>((_, reject) => deadline.addEventListener('abort', () => reject(deadline.reason)))
      const reads = input
        .account()
        .then((client) => Promise.all(kinds.map((kind) => readers[kind]?.(client, cluster, asking.now()) ?? [])))
      // The race leaves the loser behind.
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
      return [name, printable(sentence(service, [], now).text)]
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

/** Answers stay for 10 s in a folder of this user's own, by a hash that includes the token. */
async function kept(
  key: readonly (string | undefined)[],
  now: number,
  read: () => Promise<Candidate[]>,
): Promise<Candidate[]> {
  const folder = ownFolder()
  if (folder === undefined) return read()
  const file = join(folder, createHash('sha256').update(JSON.stringify(key)).digest('hex'))
  try {
    const { at, found } = JSON.parse(readFileSync(file, 'utf8')) as { at: number; found: Candidate[] }
    if (now - at < keptMs && now >= at) return found
  } catch {
    // Nothing is kept yet.
  }
  const found = await read()
  try {
    writeFileSync(file, JSON.stringify({ at: now, found }), { mode: 0o600 })
  } catch {
    // It works without, more slowly.
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

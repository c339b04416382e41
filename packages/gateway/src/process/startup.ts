/** The first steps of `ecs-api serve`: each says on stderr why it can't go on. */
import { adminTokenIn } from '../access/admin-token.ts'
import { BrokenConfiguration } from '../config/faults.ts'
import { readConfiguration, type Source } from '../config/read.ts'
import type { Settings } from '../config/settings.ts'
import { readableFileWarning, shortestToken, weakTokenWarning } from '../config/token-strength.ts'

export async function configured(source: Source): Promise<Settings | undefined> {
  try {
    return await readConfiguration(source)
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    console.error(error.message)
    return undefined
  }
}

export async function started<T>(step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step()
  } catch (error) {
    console.error(`ecs-api cannot start: ${withRemedy(error)}`)
    return undefined
  }
}

/** What to do where the system refuses: by its code, and of files and of addresses apart. */
const remedies: readonly { codes: readonly string[]; of: 'listen' | 'files'; remedy: string }[] = [
  {
    codes: ['EADDRINUSE'],
    of: 'listen',
    remedy: 'Another process listens there: stop that one, or name another address; port 0 takes a free one.',
  },
  {
    codes: ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'],
    of: 'listen',
    remedy: 'Name an address of this machine, or 0.0.0.0 for all it has.',
  },
  { codes: ['EACCES'], of: 'listen', remedy: 'This user may not listen there: name a port from 1024 on.' },
  {
    codes: ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'],
    of: 'files',
    remedy: 'Name a data folder that this user may write to: `data`, or ECS_API_DATA.',
  },
]

/** The error's own words, and what to do about it where that is known. */
export function withRemedy(error: unknown): string {
  const { code, syscall = '', message = String(error) } = (error ?? {}) as NodeJS.ErrnoException
  const of = /^(listen|bind|getaddrinfo)$/.test(syscall) ? 'listen' : 'files'
  const remedy = code && syscall && remedies.find((row) => row.of === of && row.codes.includes(code))?.remedy
  return remedy ? `${message}. ${remedy}` : message
}

/** @returns the admin's token, a line that says where it is, and what to warn of */
export async function tokenFrom({
  token,
  data,
}: Settings): Promise<{ adminToken: string; where: string; warning: string | undefined }> {
  if (token) return { adminToken: token, where: 'token: as configured', warning: weakTokenWarning(token) }
  const kept = await adminTokenIn(data)
  if (kept.token.length < shortestToken)
    throw new Error(
      `The token in ${kept.file} is cut short. Put the whole one there, or remove the file: a new one is made at the next start.`,
    )
  const where = `token: ${process.stdout.isTTY ? kept.token : `in ${kept.file}`}`
  return { adminToken: kept.token, where, warning: readableFileWarning(kept.file) }
}

/** The first steps of `ecs-api serve`. A step that fails prints the reason on stderr. */
import { adminTokenIn } from '../access/admin-token.ts'
import { BrokenConfiguration } from '../config/faults.ts'
import { type ConfigurationSource, readConfiguration } from '../config/read.ts'
import type { Settings } from '../config/settings.ts'
import { minTokenLength, readableFileWarning, weakTokenWarning } from '../config/token-strength.ts'
import { printError } from './print-error.ts'

/** The settings; undefined when the configuration is invalid. */
export async function readSettings(source: ConfigurationSource): Promise<Settings | undefined> {
  try {
    return await readConfiguration(source)
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    printError(error.message)
    return undefined
  }
}

/**
 * Runs a step. When it fails, prints the error, with advice if there is any.
 * @param options.listenSettings the settings with the addresses at which the step listens, so that the advice can name
 *   their keys
 * @returns the result of the step; undefined when it failed
 */
export async function runStartStep<T>(
  step: () => Promise<T>,
  { listenSettings }: { listenSettings?: Addresses } = {},
): Promise<T | undefined> {
  try {
    return await step()
  } catch (error) {
    printError(`ecs-api cannot start: ${withRemedy(error, listenSettings)}`)
    return undefined
  }
}

type Addresses = Pick<Settings, 'metricsListen' | 'engineListen'>

/**
 * Advice for errors of the operating system, by their codes. A code such as EACCES has another remedy for an address
 * than for a file. `KEY` stands for the configuration key of the address.
 */
const remedies: readonly { codes: readonly string[]; operation: 'listen' | 'files'; remedy: string }[] = [
  {
    codes: ['EADDRINUSE'],
    operation: 'listen',
    remedy: 'Another process listens there: stop that one, or name another address by KEY',
  },
  {
    codes: ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'],
    operation: 'listen',
    remedy: 'Name an address of this machine, or 0.0.0.0 for all it has.',
  },
  { codes: ['EACCES'], operation: 'listen', remedy: 'This user may not listen there: name a port from 1024 on.' },
  {
    codes: ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'],
    operation: 'files',
    remedy: 'Name a data folder that this user may write to: `data`, or ECS_API_DATA.',
  },
]

/** The error's message, with advice if there is any for its code. */
export function withRemedy(error: unknown, addresses?: Addresses): string {
  const { code, syscall = '', message = String(error), port } = (error ?? {}) as ListenError
  const operation = /^(listen|bind|getaddrinfo)$/.test(syscall) ? 'listen' : 'files'
  const remedy =
    code && syscall && remedies.find((row) => row.operation === operation && row.codes.includes(code))?.remedy
  return remedy ? `${message}. ${remedy.replace('KEY', listenKey(port, addresses))}` : message
}

type ListenError = NodeJS.ErrnoException & { port?: number }

/** The configuration key of the address with this port, and how to take a free port. */
function listenKey(port: number | undefined, addresses: Addresses | undefined): string {
  const freePort = 'port 0 takes a free one.'
  if (port !== undefined && addresses?.metricsListen?.port === port)
    return `\`metrics.listen\`, or ECS_API_METRICS_LISTEN; ${freePort}`
  if (addresses?.engineListen.some((address) => address.port === port))
    return `\`listen\` of the local account; ${freePort}`
  // The command is at the end of the line, so that it can be copied.
  const command = process.env.npm_lifecycle_event === 'start' ? 'npm start' : 'ecs-api serve'
  return `\`listen\`. A free port: ECS_API_LISTEN=127.0.0.1:0 ${command}`
}

/** @returns the admin's token, a line that says where it is, and a warning if it is weak */
export async function getAdminToken({
  token,
  data,
}: Settings): Promise<{ adminToken: string; tokenNote: string; warning: string | undefined }> {
  if (token) return { adminToken: token, tokenNote: 'token: as configured', warning: weakTokenWarning(token) }
  const stored = await adminTokenIn(data)
  if (stored.token.length < minTokenLength)
    throw new Error(
      `The token in ${stored.file} is cut short. Put the whole one there, or remove the file: a new one is made at the next start.`,
    )
  // The token itself is never printed: terminals and recordings keep their text. On a terminal, the console's printed
  // address signs in.
  return { adminToken: stored.token, tokenNote: `token: in ${stored.file}`, warning: readableFileWarning(stored.file) }
}

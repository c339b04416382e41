/** Checks of this machine for `doctor`: its clock, its container runtime, and the completion of its shell. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Account } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { createTransport } from '../context/connect.ts'
import { folderMissingOnPath } from '../shell-path.ts'

export interface Check {
  name: string
  ok: boolean
  /** Commands work when this check fails. */
  optional?: true
  detail: string
  /** How to mend it, shown when `ok` is false. */
  fix?: string
}

/** A larger difference makes ages, `--since` and expiry times wrong. */
const maxClockDifferenceMs = 10_000

/** Compares this machine's clock with the gateway's. @returns no check when the gateway's time is unknown */
export async function checkClock({ target, now, signal }: CommandInput): Promise<Check[]> {
  const sentAtMs = now()
  const url = `${target.url}/v1/ecs/ping`
  const { headers } = await createTransport(target)(url, { method: 'GET', headers: {}, signal })
  const gatewayMs = Date.parse(headers.get('date') ?? '')
  // A proxy may remove the header.
  if (Number.isNaN(gatewayMs)) return []
  const receivedAtMs = now()
  // The header has whole seconds, so the gateway's time is up to 1 s later.
  const differenceMs = Math.max(0, gatewayMs - receivedAtMs, sentAtMs - (gatewayMs + 1000))
  return [
    {
      name: 'clock',
      optional: true,
      ok: differenceMs <= maxClockDifferenceMs,
      detail:
        differenceMs <= maxClockDifferenceMs
          ? 'the same as the gateway’s'
          : `${Math.round(differenceMs / 1000)} s from the gateway’s`,
      fix: 'Set the clocks of both machines by NTP.',
    },
  ]
}

/**
 * Checks that the gateway runs real containers for its local accounts.
 * @param accounts undefined when reading them failed
 */
export function checkContainers(accounts: readonly Account[] | undefined): Check {
  const containersCheck = { name: 'containers', optional: true } as const
  if (accounts === undefined)
    return { ...containersCheck, ok: false, detail: 'not known: the accounts could not be read' }
  const local = accounts.filter(({ mode }) => mode === 'local')
  if (local.length === 0) return { ...containersCheck, ok: true, detail: 'none to check: there is no local account' }
  const runtimes = local.map(({ name: account, runtime }) => `${account}: ${runtime}`)
  return {
    ...containersCheck,
    ok: local.every(({ runtime }) => runtime !== 'simulated'),
    detail: runtimes.join(', '),
    fix: 'For real containers start Docker, or Podman’s socket (podman system service -t 0), and then the gateway again.',
  }
}

/** The files in the home folder that usually load the completion script of each shell. */
const completionFiles: Readonly<Record<string, readonly string[]>> = {
  bash: ['.bashrc', '.bash_profile', '.profile'],
  zsh: ['.zshrc', '.zprofile'],
  fish: ['.config/fish/completions/ecs-api.fish', '.config/fish/config.fish'],
}

/** @returns no check for an unknown shell */
export function checkCompletion({ environment }: Pick<CommandInput, 'environment'>): Check[] {
  const shell = basename(environment.SHELL ?? '')
  const files = completionFiles[shell]
  if (!files || environment.HOME === undefined) return []
  const home = environment.HOME
  const isInstalled = files.some((name) => {
    const file = join(home, name)
    return existsSync(file) && /ecs-api comple(te|tion)\b/.test(readFileSync(file, 'utf8'))
  })
  const folder = folderMissingOnPath(environment)
  const fix =
    shell === 'fish'
      ? `${folder ? `fish_add_path ${folder}; ` : ''}ecs-api completion fish > ~/${files[0]}`
      : `echo '${folder ? `PATH="${folder}:$PATH"; ` : ''}eval "$(ecs-api completion ${shell})"' >> ~/${files[0]}`
  return [
    {
      name: 'completion',
      optional: true,
      ok: isInstalled,
      detail: isInstalled ? `of ${shell}` : `not installed in ${shell}`,
      fix,
    },
  ]
}

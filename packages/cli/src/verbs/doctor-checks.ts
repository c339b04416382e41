/** Checks of this machine for `doctor`: its clock, its container runtime, and the completion of its shell. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Account } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { transportTo } from '../context/connect.ts'

export interface Check {
  name: string
  ok: boolean
  /** The command works without it. */
  optional?: true
  detail: string
  /** The fix when it is not ok. */
  fix?: string
}

/** Ages, `--since` and expiries are wrong by the difference; AWS rejects signatures from 5 minutes on. */
const maxClockMs = 10_000

/** Compares the clock with the gateway's. */
export async function checkClock({ target, now, signal }: Input): Promise<Check[]> {
  const before = now()
  const url = `${target.url}/v1/ecs/ping`
  const { headers } = await transportTo(target)(url, { method: 'GET', headers: {}, signal })
  const date = Date.parse(headers.get('date') ?? '')
  // A proxy may leave the header out.
  if (Number.isNaN(date)) return []
  const after = now()
  // The header has whole seconds.
  const differenceMs = Math.max(0, date - after, before - (date + 1000))
  return [
    {
      name: 'clock',
      optional: true,
      ok: differenceMs <= maxClockMs,
      detail:
        differenceMs <= maxClockMs
          ? 'the same as the gateway’s'
          : `${Math.round(differenceMs / 1000)} s from the gateway’s`,
      fix: 'Set the clocks of both machines by NTP.',
    },
  ]
}

/**
 * The runtime that the gateway uses for its local accounts.
 * @param accounts undefined where the gateway could not be asked: then its runtime is not known
 */
export function checkContainers(accounts: readonly Account[] | undefined): Check {
  const base = { name: 'containers', optional: true } as const
  if (accounts === undefined)
    return { ...base, ok: false, detail: 'not known: only a signed-in gateway says what it uses' }
  const local = accounts.filter(({ mode }) => mode === 'local')
  if (local.length === 0) return { ...base, ok: true, detail: 'on Fargate: there is no local account' }
  const runtimes = local.map(({ name: account, runtime }) => `${account}: ${runtime}`)
  return {
    ...base,
    ok: local.every(({ runtime }) => runtime !== 'simulated'),
    detail: runtimes.join(', '),
    fix: 'For real containers start Docker or Podman, and then the gateway again.',
  }
}

/** The files in which the scripts say that they are installed. */
const completionFiles: Readonly<Record<string, readonly string[]>> = {
  bash: ['.bashrc', '.bash_profile', '.profile'],
  zsh: ['.zshrc', '.zprofile'],
  fish: ['.config/fish/completions/ecs-api.fish', '.config/fish/config.fish'],
}

/** @returns nothing for an unknown shell */
export function checkCompletion({ environment }: Pick<Input, 'environment'>): Check[] {
  const shell = basename(environment.SHELL ?? '')
  const files = completionFiles[shell]
  if (!files || environment.HOME === undefined) return []
  const home = environment.HOME
  const isInstalled = files.some((name) => {
    const file = join(home, name)
    return existsSync(file) && /ecs-api comple(te|tion)\b/.test(readFileSync(file, 'utf8'))
  })
  const fix =
    shell === 'fish'
      ? `ecs-api completion fish > ~/${files[0]}`
      : `echo 'eval "$(ecs-api completion ${shell})"' >> ~/${files[0]}`
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

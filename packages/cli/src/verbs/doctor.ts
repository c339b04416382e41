import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Account, isProblem, NoResponse, ProblemError } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { isLoopback } from '../context/token.ts'
import { printable } from '../out/printable.ts'
import { version } from '../version.ts'

interface Check {
  name: string
  ok: boolean
  detail: string
  /** The fix when it is not ok. */
  fix?: string
}

/** Checks everything between this command and AWS. Each line is ok or shows a fix. */
export async function doctor({ client, target, out, now, signal }: Input): Promise<number> {
  const checks: Check[] = []
  let visibleAccounts: readonly Account[] | undefined
  const gateway = await attempt(() => client.version({ signal }))
  if ('error' in gateway) {
    const fix = isLoopback(target.url)
      ? 'Start it: ecs-api serve, or name another one: ecs-api login URL'
      : 'Check the address, the network and the certificate (ca: FILE in the profile).'
    checks.push({ name: 'gateway', ok: false, detail: `${target.url}: ${gateway.error}`, fix })
  } else {
    checks.push({ name: 'gateway', ok: true, detail: `${target.url}, version ${gateway.value.version}` })
    const isSame = gateway.value.version === version
    checks.push({
      name: 'version',
      ok: isSame,
      detail: `this command is ${version}`,
      fix: 'Install the version of the gateway.',
    })
    checks.push(...(await tokenChecks()))
  }
  const isPlain = target.url.startsWith('http:') && !isLoopback(target.url)
  checks.push({
    name: 'TLS',
    ok: !isPlain,
    detail: isPlain
      ? 'the token travels unencrypted'
      : isLoopback(target.url)
        ? 'not needed on this machine'
        : 'encrypted',
    fix: 'Put the gateway behind TLS, and use its https address.',
  })
  checks.push(await containers(visibleAccounts))
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, ok, detail, fix }) => [
    `${ok ? out.paint('green', 'ok    ') : out.paint('red', 'failed')}  ${name.padEnd(width)}  ${printable(detail)}`,
    ...(ok || fix === undefined ? [] : [`        ${' '.repeat(width)}  ${fix}`]),
  ])
  await out.value(checks, lines)
  const firstFailure = checks.find(({ ok, name }) => !ok && name !== 'containers' && name !== 'version')
  return firstFailure === undefined ? 0 : firstFailure.name === 'gateway' ? 8 : firstFailure.name === 'token' ? 4 : 3

  async function tokenChecks(): Promise<Check[]> {
    const { from } = await target.token()
    const me = await attempt(() => client.me({ signal }))
    if ('error' in me)
      return [{ name: 'token', ok: false, detail: `${me.error} (token from ${from})`, fix: 'ecs-api login' }]
    const { name, role, expiresAt } = me.value
    const daysLeft = expiresAt === null ? undefined : (Date.parse(expiresAt) - now()) / 86_400_000
    const checksOfToken: Check[] = [
      {
        name: 'token',
        ok: daysLeft === undefined || daysLeft > 3,
        detail: `${name} (${role}), from ${from}${expiresAt === null ? '' : `, expires ${expiresAt}`}`,
        fix: `ecs-api tokens rotate ${name}`,
      },
    ]
    const accounts = await attempt(() => client.accounts.page({ signal }))
    if ('error' in accounts) return [...checksOfToken, { name: 'accounts', ok: false, detail: accounts.error }]
    visibleAccounts = accounts.value.items
    for (const { name: account, reachable, region, reason } of accounts.value.items)
      checksOfToken.push({
        name: `account ${account}`,
        ok: reachable,
        detail: reachable ? region : (reason ?? 'it cannot be reached'),
        fix: 'On the gateway: ecs-api check',
      })
    return checksOfToken
  }
}

type Attempt<T> = { value: T } | { error: string }

async function attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await call() }
  } catch (error) {
    if (!isProblem(error) && !(error instanceof NoResponse)) throw error
    return { error: error instanceof ProblemError ? `${error.code}: ${error.message}` : (error as Error).message }
  }
}

/** The runtime that the gateway uses, or without one, the programs on this machine. */
async function containers(accounts: readonly Account[] | undefined): Promise<Check> {
  const name = 'containers'
  if (accounts === undefined) return containersHere()
  const local = accounts.filter(({ mode }) => mode === 'local')
  if (local.length === 0) return { name, ok: true, detail: 'on Fargate: there is no local account' }
  const runtimes = local.map(({ name: account, runtime }) => `${account}: ${runtime}`)
  return {
    name,
    ok: local.every(({ runtime }) => runtime !== 'simulated'),
    detail: runtimes.join(', '),
    fix: 'For real containers start Docker or Podman, and then the gateway again.',
  }
}

async function containersHere(): Promise<Check> {
  for (const name of ['docker', 'podman']) {
    try {
      const { stdout } = await promisify(execFile)(name, ['--version'], { timeout: 3000 })
      return { name: 'containers', ok: true, detail: `${stdout.trim()} on this machine` }
    } catch {
      // It is not installed.
    }
  }
  return {
    name: 'containers',
    ok: false,
    detail: 'neither Docker nor Podman is installed',
    fix: 'Only the local engine needs one.',
  }
}

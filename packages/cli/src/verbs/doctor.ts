import { type Account, isProblem, NoResponse, ProblemError } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { isLoopback } from '../context/token.ts'
import { CliError, exitCode, Interrupted } from '../errors.ts'
import type { Out } from '../out/out.ts'
import { printableLine } from '../out/printable.ts'
import { version } from '../version.ts'
import { type Check, checkClock, checkCompletion, checkContainers } from './doctor-checks.ts'

/** Checks everything between this program and AWS. A failed check has a fix; `note` marks a failed optional check. */
export async function doctor(input: CommandInput): Promise<number> {
  const { client, target, out, now, signal } = input
  const checks: Check[] = []
  let visibleAccounts: readonly Account[] | undefined
  const gateway = await attempt(() => client.version({ signal }))
  if ('error' in gateway) {
    const fix = isLoopback(target.url)
      ? 'Start it: ecs-api serve, or name another one: ecs-api login URL'
      : 'Check the address, the network and the certificate (ca: FILE in the profile).'
    const { noGateway } = target
    checks.push({
      name: 'gateway',
      ok: false,
      detail: noGateway?.message ?? `${target.url}: ${gateway.error}`,
      fix: noGateway?.next ?? fix,
    })
  } else {
    checks.push({ name: 'gateway', ok: true, detail: `${target.url}, version ${gateway.value.version}` })
    const isSameVersion = gateway.value.version === version
    checks.push({
      name: 'version',
      optional: true,
      ok: isSameVersion,
      detail: `this command is ${version}`,
      fix: 'Install the version of the gateway.',
    })
    checks.push(...(await checkClock(input)), ...(await readTokenAndAccounts()))
  }
  const isUnencrypted = target.url.startsWith('http:') && !isLoopback(target.url)
  checks.push({
    name: 'TLS',
    ok: !isUnencrypted,
    detail: isUnencrypted
      ? 'the token travels unencrypted'
      : isLoopback(target.url)
        ? 'not needed on this machine'
        : 'encrypted',
    fix: 'Put the gateway behind TLS, and use its https address.',
  })
  checks.push(checkContainers(visibleAccounts), ...checkCompletion(input))
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap((check) => [
    `${stateWord(check, out)}  ${check.name.padEnd(width)}  ${printableLine(check.detail)}`,
    ...(check.ok || check.fix === undefined ? [] : [`        ${' '.repeat(width)}  ${check.fix}`]),
  ])
  await out.valueOrLines(checks, lines)
  const firstFailure = checks.find(({ ok, optional }) => !ok && !optional)
  if (firstFailure === undefined) return 0
  if (firstFailure.name === 'gateway') return exitCode.unavailable
  return firstFailure.name === 'token' ? exitCode.notPermitted : exitCode.rejected

  async function readTokenAndAccounts(): Promise<Check[]> {
    const { source } = await target.token()
    const me = await attempt(() => client.me({ signal }))
    if ('error' in me)
      return [{ name: 'token', ok: false, detail: `${me.error} (token from ${source})`, fix: 'ecs-api login' }]
    const { name, role, expiresAt } = me.value
    const daysLeft = expiresAt === null ? undefined : (Date.parse(expiresAt) - now()) / 86_400_000
    const tokenAndAccountChecks: Check[] = [
      {
        name: 'token',
        ok: daysLeft === undefined || daysLeft > 3,
        detail: `${name} (${role}), from ${source}${expiresAt === null ? '' : `, expires ${expiresAt}`}`,
        fix: `ecs-api tokens rotate ${name}`,
      },
    ]
    const accounts = await attempt(() => client.accounts.page({ signal }))
    if ('error' in accounts) return [...tokenAndAccountChecks, { name: 'accounts', ok: false, detail: accounts.error }]
    visibleAccounts = accounts.value.items
    for (const { name: account, reachable, region, reason } of accounts.value.items)
      tokenAndAccountChecks.push({
        name: `account ${account}`,
        ok: reachable,
        detail: reachable ? region : (reason ?? 'it cannot be reached'),
        fix: 'On the gateway: ecs-api check',
      })
    return tokenAndAccountChecks
  }
}

function stateWord({ ok, optional }: Pick<Check, 'ok' | 'optional'>, { paint }: Out): string {
  if (ok) return paint('green', 'ok    ')
  return optional ? paint('yellow', 'note  ') : paint('red', 'failed')
}

type Attempt<T> = { value: T } | { error: string }

async function attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await call() }
  } catch (error) {
    const isResult = isProblem(error) || error instanceof NoResponse || error instanceof CliError
    if (!isResult || error instanceof Interrupted) throw error
    return { error: error instanceof ProblemError ? `${error.code}: ${error.message}` : (error as Error).message }
  }
}

/** The command `ecs-api local-aws …`, which runs the engine on its own for any AWS client. */
import { parseArgs } from 'node:util'
import { storedAccounts } from './accounts.ts'
import { storedEndpoint } from './endpoint.ts'
import { parseFault } from './injected-faults.ts'
import { LocalAws } from './local-aws.ts'
import type { RuntimeChoice } from './open-runtime.ts'
import type { LocalAwsOptions } from './options.ts'
import { paces, type SimulatedPace } from './runtimes/simulated.ts'
import { isFolderLocked } from './storage/storage.ts'

const DEFAULT_DATA = 'data/local-aws'

const usage = `ecs-api local-aws: an AWS in a process, with Amazon ECS on Fargate and the
services that it needs

  ecs-api local-aws [--port N] [--data DIR|:memory:] [--runtime RUNTIME]
                    [--pace instant|fast|real] [--consistency-delay MS]
                    [--verify] [--throttle aws] [--sessions-per-task N]
                    [--at-close stop|leave] [--fault …]
      --port N                the port on 127.0.0.1 (4566; 0 picks a free one)
      --data DIR              the data folder (${DEFAULT_DATA}); :memory: stores
                              nothing on disk
      --pace PACE             the speed of simulated containers, and how soon
                              any running task counts as healthy: instant,
                              fast (the default; 3 s) or real (40 s, as on
                              AWS)
      --runtime RUNTIME       the runtime of containers: docker, podman,
                              simulated, the path or URL of a socket, or auto:
                              a runtime that answers, else simulated (auto)
      --at-close stop|leave   whether real containers are stopped, within 8 s,
                              or left running when the engine ends (stop)
      --consistency-delay MS  how late Describe and List are, in milliseconds,
                              as ECS may be (0)
      --verify                accepts only signatures made with the keys of its
                              accounts; without it any well-formed signature is
                              accepted, and an access key of twelve digits is
                              the account's number
      --throttle aws          enforces ECS's request buckets, with the limits
                              that AWS documents
      --sessions-per-task N   how many sessions of ECS Exec a task may have at
                              a time (20)
      --fault ACTION=KIND[:N] injects a fault N times, or always without N; can
                              be repeated. KIND is throttle, error, expired,
                              denied, cut (closes the connection after the
                              action), half (closes it in the middle of the
                              response) or slow:MS; * is every action

  eval "$(ecs-api local-aws env [ACCOUNT] [--data DIR])"
      sets the endpoint and an account's keys for the AWS CLI and SDKs
`

/** The command's output, environment and signals. They are arguments, so that a test needs no process of its own. */
export interface CommandDeps {
  print: (text: string) => void
  printError: (text: string) => void
  environment: Record<string, string | undefined>
  /** Resolves when the engine must stop. */
  waitForStop: () => Promise<unknown>
  /** Resolves with an uncaught error, after which the engine must end within five seconds. */
  waitForUncaughtError: () => Promise<unknown>
}

/** How long the engine may take to close after an uncaught error. */
const CLOSE_TIMEOUT_MS = 5_000

const processDeps: CommandDeps = {
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
  environment: process.env,
  waitForStop: () =>
    new Promise((resolve) => {
      // A second signal must not end the process before its containers are stopped. Closing takes a limited time.
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve)
    }),
  waitForUncaughtError: () =>
    new Promise((resolve) => {
      // Unhandled rejections are reported here too.
      process.on('uncaughtException', (error) => {
        console.error(error)
        // An uncaught error is a bug, so the process never ends with code 0.
        process.exitCode = 1
        resolve(error)
        setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref()
      })
    }),
}

/**
 * Runs the command until SIGTERM or SIGINT.
 * @returns the exit code
 */
export async function runEngineCommand(args: string[], deps: CommandDeps = processDeps): Promise<number> {
  const { print, printError } = deps
  try {
    const { values, positionals } = parseOptions(args)
    if (values.help) {
      print(usage)
      return 0
    }
    const { data = DEFAULT_DATA } = values
    if (positionals[0] === 'env' && positionals.length <= 2) return printEnvironment(data, positionals[1], deps)
    if (positionals.length > 0)
      throw new Error(
        `There is no command local-aws ${positionals.join(' ')}. ecs-api local-aws --help lists the commands and options.`,
      )
    return await runEngine(
      { data, ...engineOptionsOf(values) },
      parseWholeNumber('--port', values.port ?? '4566', 65_535),
      deps,
    )
  } catch (error) {
    printError(messageOf(error))
    return 1
  }
}

function messageOf(error: unknown): string {
  const { code, message = String(error) } = (error ?? {}) as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `${message}. Another process uses the port: stop it, or choose another port with --port N (0 picks a free one).`
  // Only the first sentence of Node's message is used. The rest is advice on values that begin with a dash.
  if (code?.startsWith('ERR_PARSE_ARGS_'))
    return `${message.split(/\. |\n/)[0]!.replace(/\.?$/, '.')} ecs-api local-aws --help lists the commands and options.`
  return message
}

type Values = ReturnType<typeof parseOptions>['values']

function parseOptions(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      'consistency-delay': { type: 'string' },
      pace: { type: 'string' },
      runtime: { type: 'string' },
      throttle: { type: 'string' },
      'sessions-per-task': { type: 'string' },
      fault: { type: 'string', multiple: true },
      'at-close': { type: 'string' },
      verify: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
}

function engineOptionsOf(values: Values): Omit<LocalAwsOptions, 'data'> {
  return {
    runtime: runtimeOf(values.runtime),
    atClose: atCloseOf(values['at-close']),
    verifySignatures: values.verify ?? false,
    pace: paceOf(values.pace),
    ...throttleOf(values.throttle),
    sessionsPerTask: parseWholeNumber('--sessions-per-task', values['sessions-per-task'] ?? '20', 10_000),
    faults: (values.fault ?? []).map(parseFault),
    consistencyDelayMs: parseWholeNumber('--consistency-delay', values['consistency-delay'] ?? '0', 3_600_000),
  }
}

function paceOf(text = 'fast'): SimulatedPace {
  const pace = paces.find((name) => name === text)
  if (pace) return pace
  throw new Error(`--pace takes ${paces.join(', ')}, not ${text}.`)
}

function throttleOf(text: string | undefined): Pick<LocalAwsOptions, 'throttle'> {
  if (text === undefined) return {}
  if (text !== 'aws') throw new Error(`--throttle takes aws, not ${text}.`)
  return { throttle: text }
}

function runtimeOf(text = 'auto'): RuntimeChoice {
  if (['auto', 'docker', 'podman', 'simulated'].includes(text) || /^(\/|unix:\/\/|tcp:\/\/|http:\/\/)/.test(text))
    return text
  throw new Error(`--runtime takes auto, docker, podman, simulated, or the path or URL of a socket, not ${text}.`)
}

function atCloseOf(text = 'stop'): 'stop' | 'leave' {
  if (text === 'stop' || text === 'leave') return text
  throw new Error(`--at-close takes stop or leave, not ${text}.`)
}

function parseWholeNumber(option: string, text: string, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= max) return value
  throw new Error(`${option} takes a whole number from 0 to ${max}, not ${text}.`)
}

async function runEngine(
  options: LocalAwsOptions,
  port: number,
  { print, printError, waitForStop, waitForUncaughtError }: CommandDeps,
): Promise<number> {
  const aws = new LocalAws(options)
  await aws.open()
  let failure: unknown
  try {
    const ended = Promise.race([waitForStop().then(() => undefined), waitForUncaughtError()])
    const { url } = await aws.listen({ port })
    print(url)
    print(aws.runtime.description)
    failure = await ended
  } finally {
    await aws.close()
  }
  if (failure === undefined) return 0
  printError(`The engine exits with code 1 after an uncaught error: "${messageOf(failure)}". Its state is saved.`)
  return 1
}

function printEnvironment(
  data: string,
  accountName: string | undefined,
  { print, printError, environment }: CommandDeps,
): number {
  const accounts = storedAccounts(data)
  const account =
    accountName === undefined
      ? accounts[0]
      : accounts.find(({ name, number }) => name === accountName || number === accountName)
  // A killed engine leaves its address behind, and another process may use the port by now. The lock shows that the
  // engine runs.
  const url = isFolderLocked(data) ? storedEndpoint(data) : undefined
  if (!account && accountName !== undefined && accounts.length > 0)
    throw new Error(
      `There is no account ${accountName} in ${data}. There are: ${accounts.map(({ name }) => name).join(', ')}.`,
    )
  if (!account || !url)
    throw new Error(`No engine listens for the data in ${data}. Start it with: ecs-api local-aws --data ${data}`)
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1'
  const variables = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: account.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  }
  print('unset AWS_SESSION_TOKEN AWS_PROFILE')
  for (const [name, value] of Object.entries(variables)) print(`export ${name}=${shellWord(value)}`)
  printError(
    '# The AWS CLI before 2.13 ignores AWS_ENDPOINT_URL: add --endpoint-url "$AWS_ENDPOINT_URL" to its commands',
  )
  return 0
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

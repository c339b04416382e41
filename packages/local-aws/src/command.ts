/** `ecs-api local-aws …`: the engine by itself, for any AWS client. */
import { parseArgs } from 'node:util'
import { keptAccounts } from './accounts.ts'
import { keptEndpoint } from './endpoint.ts'
import { readFault } from './injected-faults.ts'
import { LocalAws, type LocalAwsOptions } from './local-aws.ts'
import type { RuntimeChoice } from './open-runtime.ts'
import { type Pace, paces } from './runtimes/simulated.ts'
import { isFolderLocked } from './storage/storage.ts'

const DEFAULT_DATA = 'data/local-aws'

const usage = `ecs-api local-aws: an AWS in a process, with Amazon ECS on Fargate and the services that it needs

  ecs-api local-aws [--port N] [--data DIR|:memory:] [--runtime RUNTIME] [--pace instant|fast|real]
                    [--consistency-delay MS] [--verify] [--throttle aws] [--fault …]
      --port N                  where it listens, on 127.0.0.1 (4566; 0 picks a free one)
      --data DIR                where its state is kept (${DEFAULT_DATA}); :memory: keeps none
      --pace PACE               how fast simulated containers live: instant, fast (RUNNING within a second; the default) or real
      --runtime RUNTIME         what runs the containers: docker, podman, simulated, the path or URL of a socket, or auto:
                                one that answers, else simulated (the default)
      --at-close stop|leave     what becomes of real containers when it ends (stop, within 8 s)
      --consistency-delay MS    how late Describe and List are, as ECS may be (0)
      --verify                  only signatures made with the keys of its accounts; else any well-formed one will do,
                                and an access key of twelve digits is the account's number
      --throttle aws            ECS's request buckets count, as AWS documents them
      --fault ACTION=KIND[:N]   goes wrong on purpose, N times or for ever, and may be given again: throttle, error,
                                expired, denied, cut (the connection, when it is done), half (in the middle of the answer),
                                slow:MS; * for every action

  eval "$(ecs-api local-aws env [ACCOUNT] [--data DIR])"
      sets the endpoint and an account's keys for the AWS CLI and SDKs
`

/** Where the command speaks and what may end it, as arguments, so that it can be tried without a process. */
export interface CommandDeps {
  print: (text: string) => void
  complain: (text: string) => void
  environment: Record<string, string | undefined>
  /** Resolves when the engine is to stop. */
  stopped: () => Promise<unknown>
  /** Resolves with an error that nothing caught: the engine is to end within five seconds. */
  uncaught: () => Promise<unknown>
}

/** How long the engine may take to close after an error that nothing caught. */
const CLOSING_MS = 5_000

const ofThisProcess: CommandDeps = {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  environment: process.env,
  stopped: () =>
    new Promise((resolve) => {
      // A second signal must not end the process before its containers are stopped: closing takes a bounded time.
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve)
    }),
  uncaught: () =>
    new Promise((resolve) => {
      // Rejections that nothing handles come here too.
      process.on('uncaughtException', (error) => {
        console.error(error)
        resolve(error)
        setTimeout(() => process.exit(1), CLOSING_MS).unref()
      })
    }),
}

/** Runs until it is told to stop (SIGTERM, SIGINT). @returns the exit code. */
export async function localAws(words: string[], deps: CommandDeps = ofThisProcess): Promise<number> {
  const { print, complain } = deps
  try {
    const { values, positionals } = read(words)
    if (values.help) {
      print(usage)
      return 0
    }
    const { data = DEFAULT_DATA } = values
    if (positionals[0] === 'env' && positionals.length <= 2) return printEnvironment(data, positionals[1], deps)
    if (positionals.length > 0)
      throw new Error(
        `There is no command local-aws ${positionals.join(' ')}. ecs-api local-aws --help says what there is.`,
      )
    return await run({ data, ...optionsOf(values) }, wholeNumber('--port', values.port ?? '4566', 65_535), deps)
  } catch (error) {
    complain(wordsOf(error))
    return 1
  }
}

function wordsOf(error: unknown): string {
  const { code, message = String(error) } = (error ?? {}) as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `${message}. Another process listens there: stop that one, or take another port with --port N (0 picks a free one).`
  // Node's own words go on with how to write a value that begins with a dash.
  if (code?.startsWith('ERR_PARSE_ARGS_'))
    return `${message.split(/\. |\n/)[0]!.replace(/\.?$/, '.')} ecs-api local-aws --help says what there is.`
  return message
}

type Values = ReturnType<typeof read>['values']

function read(words: string[]) {
  return parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      'consistency-delay': { type: 'string' },
      pace: { type: 'string' },
      runtime: { type: 'string' },
      throttle: { type: 'string' },
      fault: { type: 'string', multiple: true },
      'at-close': { type: 'string' },
      verify: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
}

function optionsOf(values: Values): Omit<LocalAwsOptions, 'data'> {
  return {
    runtime: runtimeOf(values.runtime),
    atClose: atCloseOf(values['at-close']),
    verify: values.verify ?? false,
    pace: paceOf(values.pace),
    ...throttleOf(values.throttle),
    faults: (values.fault ?? []).map(readFault),
    consistencyDelayMs: wholeNumber('--consistency-delay', values['consistency-delay'] ?? '0', 3_600_000),
  }
}

function paceOf(text = 'fast'): Pace {
  const pace = paces.find((one) => one === text)
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

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  throw new Error(`${option} takes a whole number from 0 to ${most}, not ${text}.`)
}

async function run(
  options: LocalAwsOptions,
  port: number,
  { print, complain, stopped, uncaught }: CommandDeps,
): Promise<number> {
  const aws = new LocalAws(options)
  await aws.open()
  let failure: unknown
  try {
    const ended = Promise.race([stopped().then(() => undefined), uncaught()])
    const { url } = await aws.listen({ port })
    print(url)
    print(aws.runtime.told)
    failure = await ended
  } finally {
    await aws.close()
  }
  if (failure === undefined) return 0
  complain(`The engine ends, exit code 1: nothing caught the error "${wordsOf(failure)}"; its state is saved.`)
  return 1
}

function printEnvironment(
  data: string,
  wanted: string | undefined,
  { print, complain, environment }: CommandDeps,
): number {
  const accounts = keptAccounts(data)
  const account =
    wanted === undefined ? accounts[0] : accounts.find(({ name, number }) => name === wanted || number === wanted)
  // An engine that was killed could not take back where it listened; by now another may listen there.
  const url = isFolderLocked(data) ? keptEndpoint(data) : undefined
  if (!account && wanted !== undefined && accounts.length > 0)
    throw new Error(
      `There is no account ${wanted} in ${data}. There are: ${accounts.map(({ name }) => name).join(', ')}.`,
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
  complain('# The AWS CLI before 2.13 does not know AWS_ENDPOINT_URL: give it --endpoint-url "$AWS_ENDPOINT_URL"')
  return 0
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

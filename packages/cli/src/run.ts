/** Runs one command: finds it, parses its flags, builds its input, and turns errors into exit codes. */
import type { Readable, Writable } from 'node:stream'
import type { Command, CommandInput, LocalCommandInput } from './command.ts'
import { CliError, exitCode } from './errors.ts'
import { Flags } from './flags.ts'
import { outFromFlags } from './out/from-flags.ts'
import type { Out } from './out/out.ts'
import { printableLine } from './out/printable.ts'
import { findCommand, HelpRequested, helpOf, parseWords } from './parse.ts'
import type { Questions, QuestionsDeps } from './questions.ts'
import { reportError } from './report-error.ts'
import { runGatewayCommand } from './run-gateway.ts'

export interface RunDeps {
  commands: readonly Command[]
  environment: Readonly<Record<string, string | undefined>>
  workingFolder: string
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean; columns?: number }
  stderr: Writable & { isTTY?: boolean; columns?: number }
  now: () => number
  signal: AbortSignal
  /** Called before the command runs. */
  onCommand: (command: Command) => void
  createQuestions: (deps: QuestionsDeps) => Questions
}

/** The state of a command that the report of its failure needs. */
interface RunState {
  out: Out
  /** The first argument of the command. */
  subject?: string | undefined
  /** The input of a command that needs the gateway. */
  input?: CommandInput
}

/** @returns the exit code */
export async function run(argv: readonly string[], deps: RunDeps): Promise<number> {
  // `--json` also applies to errors that occur before the flags are parsed.
  const state: RunState = { out: outFromFlags(new Flags({ json: argv.includes('--json') }), deps) }
  let code: number
  try {
    code = await endedOrInterrupted(runCommand(argv, deps, state), deps.signal)
  } catch (error) {
    code = await reportFailure(error, deps, state)
  }
  const { stdoutFailure } = state.out
  // A reader that closes the pipe early, such as `head`, is not a failure.
  if (stdoutFailure === undefined || stdoutFailure.code === 'EPIPE') return code
  const lost = reportError(new CliError(exitCode.outputLost, outputLostText(stdoutFailure)), state.out)
  return code === 0 ? lost : code
}

async function runCommand(argv: readonly string[], deps: RunDeps, state: RunState): Promise<number> {
  const { commands, environment } = deps
  if (!argv.some((text) => !text.startsWith('-'))) return runWithoutCommand(argv, deps, state)
  const { command, words } = findCommand(commands, argv)
  if (command.needs === 'unparsed words' && !words.some((text) => text === '--help' || text === '-h')) {
    deps.onCommand(command)
    return runGatewayCommand(command, words)
  }
  if (command.needs === 'unparsed words' && command.name === 'local-aws') return command.run(words)
  const { args, rest, flags } = parseWords(command, words)
  const out = outFromFlags(flags, deps)
  state.out = out
  state.subject = args[0]
  deps.onCommand(command)
  const local = { args, rest, flags, out, ...sharedInput(deps) }
  // Only for the compiler: `parseWords` has thrown for `--help`.
  if (command.needs === 'unparsed words') return 0
  if (command.needs === 'nothing') {
    const verb = await command.load()
    return (await verb({ ...local, questions: questionsOf(flags, deps, undefined) })) ?? 0
  }
  const { newConnectedInput } = await import('./context/connect-input.ts')
  const { input, colour } = await newConnectedInput(
    local,
    (yesIgnoredReason) => questionsOf(flags, deps, yesIgnoredReason),
    command.name,
  )
  if (colour !== undefined && flags.text('color') === undefined && environment.NO_COLOR === undefined)
    input.out = outFromFlags(flags, deps, colour)
  state.out = input.out
  state.input = input
  const verb = await command.load()
  return (await verb(input)) ?? 0
}

/** After Ctrl-C a command has this long to say how its work continues. */
const interruptGraceMs = 1000

/** @throws the reason of the signal when the command has not ended soon after it */
async function endedOrInterrupted(command: Promise<number>, signal: AbortSignal): Promise<number> {
  const abandoned = new Promise<never>((_, reject) => {
    const onAbort = () => setTimeout(() => reject(signal.reason), interruptGraceMs)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  const code = await Promise.race([command, abandoned])
  // An interrupted command may return 0 with a part of its result. It was not successful, so the signal sets the exit
  // code.
  return code === 0 && signal.aborted ? (signal.reason as CliError).exitCode : code
}

/** Prints the error, or the help that `--help` asks for. @returns the exit code */
async function reportFailure(error: unknown, { signal }: RunDeps, { out, subject, input }: RunState): Promise<number> {
  if (error instanceof HelpRequested) {
    await out.raw(out.withProgramName(helpOf(error.command, out.stdoutWidth)))
    return 0
  }
  const nearest =
    input && !signal.aborted && (await (await import('./nearest-resource.ts')).findSimilarName(error, input))
  if (nearest) out.note(`Did you mean ${printableLine(nearest)}?`)
  // A CliError of an interrupted verb says how the work continues, so it is reported. All other errors are replaced by
  // the signal's reason. One of them is the failure of a `tokenCommand`, which gets Ctrl-C as well.
  const isAboutWork = error instanceof CliError && input !== undefined
  const reported = signal.aborted && !isAboutWork ? signal.reason : error
  return reportError(reported, out, { subject, tokenSource: await tokenSourceOf(input) })
}

/** The first line of the system's error without its code: `no space left on device`. */
function outputLostText({ message }: NodeJS.ErrnoException): string {
  return `The result could not be written: ${message.replace(/^[A-Z]+: /, '').replace(/, write$/, '')}.`
}

/** @returns undefined without a gateway, and when reading the token failed, which is then the reported error */
async function tokenSourceOf(input: CommandInput | undefined): Promise<string | undefined> {
  return input?.target.token().then(
    ({ source }) => source,
    () => undefined,
  )
}

/** The part of a verb's input that does not depend on the command. */
function sharedInput({
  commands,
  environment,
  workingFolder,
  now,
  signal,
}: RunDeps): Omit<LocalCommandInput, 'args' | 'rest' | 'flags' | 'out' | 'questions'> {
  return { commands, environment, workingFolder, now, signal }
}

/** Runs `ecs-api` with flags alone: shows the help, or on a terminal the start page of a signed-in person. */
async function runWithoutCommand(argv: readonly string[], deps: RunDeps, state: RunState): Promise<number> {
  const command = deps.commands.find(({ name }) => name === 'help')!
  const wantsHelp = argv.some((text) => text === '--help' || text === '-h')
  const { flags } = parseWords(
    { ...command, arguments: '' },
    argv.filter((text) => text !== '--help' && text !== '-h'),
  )
  if (!wantsHelp) state.out = outFromFlags(flags, deps)
  const { out } = state
  const local = { args: [], rest: [], flags, out, ...sharedInput(deps) }
  const questions = questionsOf(flags, deps, undefined)
  const { help, shortHelp } = await import('./verbs/help.ts')
  if (wantsHelp) await help({ ...local, questions })
  else if (deps.stdout.isTTY) {
    const { findTarget } = await import('./context/target.ts')
    const { noGateway, token } = findTarget(local)
    if ((await token()).token === undefined) {
      await shortHelp({ ...local, questions })
      if (noGateway) out.note(`${noGateway.message} ${noGateway.next}`)
      return 0
    }
    deps.onCommand(command)
    const { newConnectedInput } = await import('./context/connect-input.ts')
    const { input } = await newConnectedInput(local, () => questions)
    await (await import('./verbs/start-page.ts')).showStartPage(input)
  } else await shortHelp({ ...local, questions })
  return 0
}

function questionsOf(
  flags: Flags,
  { stdin, stderr, signal, createQuestions }: RunDeps,
  yesIgnoredReason: string | undefined,
): Questions {
  return createQuestions({
    input: stdin,
    output: stderr,
    isInputFile: flags.text('file') === '-',
    isConfirmed: flags.isSet('yes') || flags.isSet('curl'),
    yesIgnoredReason,
    signal,
  })
}

import type { Command, LocalCommandInput } from '../command.ts'
import { exitCodeMeanings } from '../errors.ts'
import { globalFlags } from '../global-flags.ts'
import { findCommand, helpOf } from '../parse.ts'

const groups = [
  ['daily', 'Daily'],
  ['nouns', 'Everything'],
  ['itself', 'This command'],
  ['gateway', 'The gateway'],
] as const

/** Shows all commands, one command, the exit codes, or the page of a problem or a cause. */
export async function help({
  args,
  rest,
  out,
  commands,
  environment,
  flags,
  workingFolder,
  signal,
}: LocalCommandInput): Promise<void> {
  const topic = [...args.filter((text) => text !== undefined), ...rest]
  const [first] = topic
  if (first === undefined)
    return out.valueOrLines(visibleCommands(commands).map(summaryOf), overview(commands, out.stdoutWidth))
  if (first === 'exit-codes')
    return out.valueOrLines(
      Object.fromEntries(exitCodeMeanings),
      exitCodeMeanings.map(([code, meaning]) => `${code.padStart(4)}  ${meaning}`),
    )
  if (first === 'flags')
    return out.valueOrLines(
      globalFlags.map(({ spec, summary }) => ({ flag: spec, summary })),
      flagLines(),
    )
  // Codes of problems and causes begin with a capital letter; commands do not.
  if (/^[A-Z]/.test(first)) {
    const { readCodePage } = await import('../code-page.ts')
    const text = await readCodePage(first, { environment, flags, workingFolder }, signal)
    return out.valueOrLines({ code: first, text }, text.split('\n'))
  }
  const commandsOfNoun = commands.filter(({ name }) => name.startsWith(`${first} `))
  if (topic.length === 1 && commandsOfNoun.length > 1)
    return out.valueOrLines(commandsOfNoun.map(summaryOf), commandLines(commandsOfNoun, out.stdoutWidth))
  const { command } = findCommand(commands, topic)
  if (command.needs === 'unparsed words' && command.name === 'local-aws') {
    await command.run(['--help'])
    return
  }
  await out.raw(out.withProgramName(helpOf(command, out.stdoutWidth)))
}

const visibleCommands = (commands: readonly Command[]) => commands.filter(({ group }) => group !== 'hidden')

/** The maximum width of names and arguments, so that a summary fits beside them in 80 columns. */
const maxNameWidth = 33

const summaryOf = ({ name, arguments: words, summary, group }: Command) => ({ name, arguments: words, summary, group })

/** A line for each command: its name and arguments, and its summary. */
function commandLines(commands: readonly Command[], columns: number | undefined): string[] {
  const texts = commands.map(
    ({ name, arguments: words = '', summary }) => [`${name} ${words}`.trim(), summary] as const,
  )
  const width = Math.min(maxNameWidth, Math.max(...texts.map(([text]) => text.length)))
  return texts.flatMap(([text, summary]) => {
    const line = `  ${text.padEnd(width)}  ${summary}`
    if (columns === undefined || line.length <= columns || text.length <= width) return [line]
    return [`  ${text}`, `  ${''.padEnd(width)}  ${summary}`]
  })
}

/** Shows the daily commands: for `ecs-api` alone in a pipe, or before signing in. */
export async function shortHelp({ out, commands }: LocalCommandInput): Promise<void> {
  const dailyCommands = commands.filter(({ group }) => group === 'daily')
  await out.valueOrLines(dailyCommands.map(summaryOf), [
    'ecs-api: Amazon ECS on Fargate from the command line. Usage: ecs-api COMMAND [flags]',
    '',
    ...commandLines(dailyCommands, out.stdoutWidth),
    '',
    'Sign in: ecs-api login URL. Start a gateway: ecs-api serve. All commands: ecs-api help',
  ])
}

function flagLines(): string[] {
  const width = Math.max(...globalFlags.map(({ spec }) => spec.length))
  return globalFlags.map(
    ({ spec, summary, choices }) => `  ${spec.padEnd(width)}  ${summary}${choices ? `: ${choices.join(', ')}` : ''}`,
  )
}

function overview(commands: readonly Command[], columns: number | undefined): string[] {
  return [
    'ecs-api: Amazon ECS on Fargate from the command line. Usage: ecs-api COMMAND [flags]',
    ...groups.flatMap(([group, title]) => [
      '',
      `${title}:`,
      ...commandLines(
        commands.filter((command) => command.group === group),
        columns,
      ),
    ]),
    '',
    'A service is written service, cluster/service or account/cluster/service; a task by 6 characters of its id.',
    `Flags of all commands: ${globalFlags.map(({ spec }) => spec.replace(/^-\w, /, '').replace(/ <.*/, '')).join(' ')}`,
    'More: ecs-api help COMMAND, ecs-api help flags, ecs-api help exit-codes, ecs-api help ProblemCode',
  ]
}

import type { Command, LocalInput } from '../command.ts'
import { exitCodes } from '../errors.ts'
import { globalFlags } from '../global-flags.ts'
import { findCommand, helpOf } from '../parse.ts'

const groups = [
  ['daily', 'Daily'],
  ['nouns', 'Everything'],
  ['itself', 'This command'],
  ['service', 'The service'],
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
}: LocalInput): Promise<void> {
  const topic = [...args.filter((text) => text !== undefined), ...rest]
  const [first] = topic
  if (first === undefined) return out.value(shownOf(commands).map(listed), overview(commands, out.stdoutWidth))
  if (first === 'exit-codes')
    return out.value(
      Object.fromEntries(exitCodes),
      exitCodes.map(([code, meaning]) => `${code.padStart(4)}  ${meaning}`),
    )
  // Codes of problems and causes are written like ClassNames; commands never are.
  if (/^[A-Z]/.test(first)) {
    const { codePage } = await import('../code-page.ts')
    const text = await codePage(first, { environment, flags, workingFolder, out })
    return out.value({ code: first, text }, text.split('\n'))
  }
  const ofNoun = commands.filter(({ name }) => name.startsWith(`${first} `))
  if (topic.length === 1 && ofNoun.length > 0) return out.value(ofNoun.map(listed), lines(ofNoun, out.stdoutWidth))
  const { command } = findCommand(commands, topic)
  if (command.needs === 'words' && command.name === 'local-aws') {
    await command.run(['--help'])
    return
  }
  await out.raw(helpOf(command, out.stdoutWidth))
}

const shownOf = (commands: readonly Command[]) => commands.filter(({ group }) => group !== 'hidden')

/** Leaves room for the summary at 80 columns. */
const maxWords = 33

const listed = ({ name, arguments: words, summary, group }: Command) => ({ name, arguments: words, summary, group })

function lines(commands: readonly Command[], columns: number | undefined): string[] {
  const texts = commands.map(
    ({ name, arguments: words = '', summary }) => [`${name} ${words}`.trim(), summary] as const,
  )
  const width = Math.min(maxWords, Math.max(...texts.map(([text]) => text.length)))
  return texts.flatMap(([text, summary]) => {
    const line = `  ${text.padEnd(width)}  ${summary}`
    if (columns === undefined || line.length <= columns || text.length <= width) return [line]
    return [`  ${text}`, `  ${''.padEnd(width)}  ${summary}`]
  })
}

/** `ecs-api` alone, in a pipe or before signing in. */
export async function shortHelp({ out, commands }: LocalInput): Promise<void> {
  const daily = commands.filter(({ group }) => group === 'daily')
  await out.value(daily.map(listed), [
    'ecs-api: Amazon ECS on Fargate from the command line. Usage: ecs-api COMMAND [flags]',
    '',
    ...lines(daily, out.stdoutWidth),
    '',
    'Sign in: ecs-api login URL. Start a gateway: ecs-api serve. All commands: ecs-api help',
  ])
}

function overview(commands: readonly Command[], columns: number | undefined): string[] {
  return [
    'ecs-api: Amazon ECS on Fargate from the command line. Usage: ecs-api COMMAND [flags]',
    ...groups.flatMap(([group, title]) => [
      '',
      `${title}:`,
      ...lines(
        commands.filter((command) => command.group === group),
        columns,
      ),
    ]),
    '',
    'A service is written service, cluster/service or account/cluster/service; a task by 6 characters of its id.',
    `Flags of all commands: ${globalFlags.map(({ spec }) => spec.replace(/^-\w, /, '').replace(/ <.*/, '')).join(' ')}`,
    'More: ecs-api help COMMAND, ecs-api help exit-codes, ecs-api help ProblemCode',
  ]
}

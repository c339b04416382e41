/** Finds the command of the typed words, and parses its flags with commander, which gets this command only. */
import { CommanderError, InvalidArgumentError, Option, Command as Parser } from 'commander'
import type { Command, Flag } from './command.ts'
import { UsageError } from './errors.ts'
import { Flags } from './flags.ts'
import { globalFlags } from './global-flags.ts'
import { nearestAlways, nearestOf } from './nearest.ts'

export interface Parsed {
  args: readonly (string | undefined)[]
  rest: readonly string[]
  flags: Flags
}

/** `--help` was given. */
export class HelpRequested extends Error {
  readonly command: Command

  constructor(command: Command) {
    super()
    this.command = command
  }
}

/** Other words for nouns, which help does not show. */
const nounAliases: Readonly<Record<string, string>> = {
  service: 'services',
  svc: 'services',
  task: 'tasks',
  taskdef: 'taskdefs',
  td: 'taskdefs',
  cluster: 'clusters',
  deployment: 'deployments',
  release: 'releases',
  account: 'accounts',
  token: 'tokens',
}
/** Other words for verbs, which help does not show. */
const verbAliases: Readonly<Record<string, string>> = {
  ls: 'list',
  show: 'get',
  describe: 'get',
  change: 'update',
  rm: 'delete',
  remove: 'delete',
}

/** The global flags that take a value. */
const flagsWithValue = new Set(
  globalFlags.filter(({ spec }) => spec.includes('<')).flatMap(({ spec }) => spec.replace(/ <.*/, '').split(', ')),
)

/** The indexes of the command's words in `argv`: flags can be anywhere, also before them. */
function wordPlaces(argv: readonly string[]): number[] {
  const places: number[] = []
  for (let i = 0; i < argv.length && places.length < 2; i++) {
    const text = argv[i]!
    if (text === '--') break
    if (!text.startsWith('-') || text === '-') places.push(i)
    else if (flagsWithValue.has(text)) i++
  }
  return places
}

/** @returns the command and the words that are left @throws UsageError with the nearest names */
export function findCommand(
  commands: readonly Command[],
  argv: readonly string[],
): { command: Command; words: string[] } {
  const [first, second] = wordPlaces(argv)
  const typed = argv[first!]!
  const without = (...places: (number | undefined)[]) => argv.filter((_, i) => !places.includes(i))
  const noun = nounAliases[typed] ?? typed
  const ofNoun = commands.filter(({ name }) => name.startsWith(`${noun} `))
  if (ofNoun.length > 0) {
    const word = second === undefined ? 'list' : argv[second]!
    const verb = verbAliases[word] ?? word
    const command = ofNoun.find(({ name, aliases = [] }) => name === `${noun} ${verb}` || aliases.includes(word))
    if (command) return { command, words: without(first, second) }
    throw unknownCommand(`${noun} ${word}`, ofNoun)
  }
  const command = commands.find(({ name, aliases = [] }) => name === typed || aliases.includes(typed))
  if (command) return { command, words: without(first) }
  throw unknownCommand(typed, commands)
}

/** Of a noun only the verb was mistyped. */
function unknownCommand(typed: string, commands: readonly Command[]): UsageError {
  const start = typed.includes(' ') ? typed.indexOf(' ') + 1 : 0
  const words = commands.filter(({ group }) => group !== 'hidden').map(({ name }) => name.slice(start))
  const similar = nearestOf(typed.slice(start), words, 3)
  const names = similar.length > 0 ? similar : nearestAlways(typed.slice(start), words, 3)
  const nearest = names.map((name) => typed.slice(0, start) + name).join(', ')
  return new UsageError(
    `There is no command ${typed}. Nearest: ${nearest}.`,
    start > 0 ? `All of them: ecs-api help ${typed.slice(0, start - 1)}` : 'All commands: ecs-api help',
  )
}

/** The help of a command. @param columns undefined in a pipe */
export function helpOf(command: Command, columns: number | undefined): string {
  const examples = command.examples?.map((text) => `  ecs-api ${text}\n`) ?? []
  const help = parserOf(command, columns).helpInformation()
  return examples.length > 0 ? `${help}\nExamples:\n${examples.join('')}` : help
}

function parserOf(command: Command, columns: number | undefined): Parser {
  const parser = new Parser(`ecs-api ${command.name}`)
    .description(command.summary)
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, getOutHelpWidth: () => columns ?? 100 })
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .helpOption('-h, --help', 'show this help')
  for (const text of command.arguments?.match(/<[^>]+>|\[[^\]]+\]/g) ?? []) parser.argument(text)
  for (const flag of command.flags ?? []) parser.addOption(optionOf(flag))
  const own = new Set((command.flags ?? []).flatMap(({ spec }) => spec.split(/[ ,]+/)))
  for (const flag of globalFlags) {
    if (!flag.spec.split(/[ ,]+/).some((part) => part.startsWith('-') && own.has(part)))
      parser.addOption(optionOf(flag).helpGroup('Flags of all commands:'))
  }
  return parser
}

function optionOf({ spec, summary, kind, choices }: Flag): Option {
  const option = new Option(spec, summary)
  if (choices) option.choices(choices)
  if (kind === 'integer')
    option.argParser((text) => {
      if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.')
      return Number(text)
    })
  if (kind === 'list') option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
  return option
}

/** @throws UsageError, HelpRequested */
export function parseWords(command: Command, words: readonly string[]): Parsed {
  const parser = parserOf(command, undefined)
  try {
    parser.parse([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') throw new HelpRequested(command)
    const message = error.message.replace(/^error: /, '').trim()
    throw new UsageError(
      `${message[0]?.toUpperCase()}${message.slice(1)}${/[.?)]$/.test(message) ? '' : '.'}`,
      `How it is used: ecs-api ${command.name} --help`,
    )
  }
  const args = parser.processedArgs as (string | string[] | undefined)[]
  const last = args.at(-1)
  return {
    args: args.filter((value): value is string | undefined => !Array.isArray(value)),
    rest: Array.isArray(last) ? last : [],
    flags: new Flags(parser.opts()),
  }
}

/** Finds the command in the typed words, and parses its arguments and flags with the library commander. */
import { CommanderError, InvalidArgumentError, Option, Command as Parser } from 'commander'
import type { Command, Flag } from './command.ts'
import { UsageError } from './errors.ts'
import { Flags, secondsOfDuration } from './flags.ts'
import { globalFlags } from './global-flags.ts'
import { nearestNames, similarNames } from './nearest.ts'
import { findSuggestion } from './suggestion.ts'

export interface Parsed {
  /** The arguments, without the words of `rest`; undefined for one that is left out. */
  args: readonly (string | undefined)[]
  /** The words of a last argument that takes any number of words, such as the command of `exec`. */
  rest: readonly string[]
  flags: Flags
}

/** Thrown when `--help` is given. */
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

/** Node's timers end at 2^31 ms, after 596 hours. */
const maxTimeoutSeconds = 500 * 3600

/** The names of the global flags that take a value: `--url`, `-o`, `--output` and others. */
const globalFlagsWithValue = new Set(
  globalFlags.filter(({ spec }) => spec.includes('<')).flatMap(({ spec }) => spec.replace(/ <.*/, '').split(', ')),
)

/** The indexes of the first two words in `argv` that are not flags: flags can stand before them. */
function firstWordIndexes(argv: readonly string[]): number[] {
  const indexes: number[] = []
  for (let i = 0; i < argv.length && indexes.length < 2; i++) {
    const text = argv[i]!
    if (text === '--') break
    if (!text.startsWith('-') || text === '-') indexes.push(i)
    else if (takesValue(text)) i++
  }
  return indexes
}

/** The command that the typed words name. It may be incomplete, as in a completion. */
export interface TypedCommand {
  /** The first word, without an alias; undefined without a word. */
  noun: string | undefined
  /** The second word as it was typed, when the first one is a noun with several verbs. */
  verb: string | undefined
  /** Undefined while no command has the typed words. */
  command: Command | undefined
  /** All other words of the command line. */
  words: string[]
}

export function findTypedCommand(commands: readonly Command[], argv: readonly string[]): TypedCommand {
  const [first, second] = firstWordIndexes(argv)
  if (first === undefined) return { noun: undefined, verb: undefined, command: undefined, words: [...argv] }
  const typed = argv[first]!
  const without = (...indexes: (number | undefined)[]) => argv.filter((_, i) => !indexes.includes(i))
  const noun = nounAliases[typed] ?? typed
  const commandsOfNoun = commandsWithNoun(commands, noun)
  if (commandsOfNoun.length > 0) {
    const word = second === undefined ? undefined : argv[second]!
    const verb = word === undefined ? undefined : (verbAliases[word] ?? word)
    const hasTypedName = ({ name, aliases = [] }: Command) => name === `${noun} ${verb}` || aliases.includes(word ?? '')
    return { noun, verb: word, command: commandsOfNoun.find(hasTypedName), words: without(first, second) }
  }
  const command = commands.find(({ name, aliases = [] }) => name === typed || aliases.includes(typed))
  return { noun: typed, verb: undefined, command, words: without(first) }
}

function commandsWithNoun(commands: readonly Command[], noun: string): Command[] {
  return commands.filter(({ name }) => name.startsWith(`${noun} `))
}

/** @returns the command, and all words but its name @throws UsageError with the nearest names */
export function findCommand(
  commands: readonly Command[],
  argv: readonly string[],
): { command: Command; words: string[] } {
  const { noun = '', verb = 'list', command, words } = findTypedCommand(commands, argv)
  if (command) return { command, words }
  const commandsOfNoun = commandsWithNoun(commands, noun)
  if (commandsOfNoun.length === 0) throw unknownCommand(noun, commands)
  const list = commandsOfNoun.find(({ name }) => verb === 'list' && name === `${noun} list`)
  if (list) return { command: list, words }
  throw unknownCommand(`${noun} ${verb}`, commandsOfNoun)
}

/** The command for each word that people know from other programs. */
const commandsForUsualWords: Readonly<Record<string, string>> = {
  create: 'ecs-api services create SERVICE --image IMAGE',
  delete: 'ecs-api services delete SERVICE',
  describe: 'ecs-api services get SERVICE',
  health: 'ecs-api status',
  history: 'ecs-api releases list SERVICE',
  rm: 'ecs-api services delete SERVICE',
  start: 'ecs-api scale SERVICE COUNT',
  tag: 'ecs-api deploy SERVICE --tag KEY=VALUE',
  top: 'ecs-api metrics SERVICE',
  untag: 'ecs-api deploy SERVICE --untag KEY',
}

/** @param typed a word, or a known noun and an unknown verb: then `commands` are those of the noun */
function unknownCommand(typed: string, commands: readonly Command[]): UsageError {
  const verbStart = typed.includes(' ') ? typed.indexOf(' ') + 1 : 0
  const words = commands.filter(({ group }) => group !== 'hidden').map(({ name }) => name.slice(verbStart))
  const similar = similarNames(typed.slice(verbStart), words, 3)
  const names = similar.length > 0 ? similar : nearestNames(typed.slice(verbStart), words, 3)
  const nearest = names.map((name) => typed.slice(0, verbStart) + name).join(', ')
  const usual = Object.hasOwn(commandsForUsualWords, typed) ? commandsForUsualWords[typed] : undefined
  return new UsageError(
    usual ? `There is no command ${typed}. It is: ${usual}` : `There is no command ${typed}. Nearest: ${nearest}.`,
    verbStart > 0 ? `All of them: ecs-api help ${typed.slice(0, verbStart - 1)}` : 'All commands: ecs-api help',
  )
}

/** The help text of a command. @param columns the width of the terminal; undefined in a pipe */
export function helpOf(command: Command, columns: number | undefined): string {
  const examples = command.examples?.map((text) => `  ecs-api ${text}\n`) ?? []
  const help = parserOf(command, columns).helpInformation()
  const more = '\nFlags of all commands, such as -o json and --yes: ecs-api help flags\n'
  return `${help}${examples.length > 0 ? `\nExamples:\n${examples.join('')}` : ''}${more}`
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
  const ownFlags = new Set((command.flags ?? []).flatMap(({ spec }) => spec.split(/[ ,]+/)))
  for (const flag of globalFlags) {
    if (!flag.spec.split(/[ ,]+/).some((part) => part.startsWith('-') && ownFlags.has(part)))
      parser.addOption(optionOf(flag).hideHelp())
  }
  return parser
}

function optionOf({ spec, summary, kind, choices }: Flag): Option {
  const option = new Option(spec, summary)
  // A wrong duration is rejected here, before the command sends anything.
  if (spec.includes('<duration>'))
    option.argParser((text) => {
      const seconds = secondsOfDuration(text)
      if (seconds === undefined) throw new InvalidArgumentError('It is not a duration: give 90s, 15m or 2h.')
      if (spec.startsWith('--timeout') && seconds > maxTimeoutSeconds)
        throw new InvalidArgumentError(`A command waits for at most ${maxTimeoutSeconds / 3600}h.`)
      return text
    })
  if (choices) option.choices(choices)
  if (kind === 'integer')
    option.argParser((text) => {
      if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.')
      return Number(text)
    })
  if (kind === 'list') option.argParser((text: string, earlier: string[] | undefined) => [...(earlier ?? []), text])
  return option
}

/** Whether the word is a global flag whose value is the next word. */
function takesValue(word: string | undefined): boolean {
  return word !== undefined && globalFlagsWithValue.has(word)
}

/**
 * Parses the arguments and flags that are typed so far.
 * @returns undefined when a flag is invalid or lacks its value
 */
export function parseTyped(
  command: Command,
  words: readonly string[],
): { args: readonly string[]; flags: Flags } | undefined {
  const parser = parserOf(command, undefined)
  try {
    const { operands } = parser.parseOptions([...words])
    return { args: operands, flags: new Flags(parser.opts()) }
  } catch (error) {
    if (error instanceof CommanderError) return undefined
    throw error
  }
}

/**
 * Moves the id of a deployment behind `--`, where no word is a flag. An id is 21 random letters, digits, `_` and `-`,
 * so it may begin with a hyphen. It is always the last argument.
 */
function withDeploymentBehindDashes(command: Command, parser: Parser, words: readonly string[]): string[] {
  if (!command.arguments?.endsWith('[deployment]')) return [...words]
  const optionOfWord = (word: string | undefined) =>
    parser.options.find(({ short, long }) => word !== undefined && (word === short || word === long))
  const isId = (word: string, i: number) =>
    /^-[\w-]{20}$/.test(word) && !optionOfWord(word) && !optionOfWord(words[i - 1])?.required
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const index = words.findIndex((word, i) => i < end && isId(word, i))
  if (index < 0) return [...words]
  return [...words.slice(0, index), ...words.slice(index + 1, end), '--', words[index]!, ...words.slice(end + 1)]
}

/** Parses the words behind the name of a command. @throws UsageError, HelpRequested */
export function parseWords(command: Command, words: readonly string[]): Parsed {
  const parser = parserOf(command, undefined)
  try {
    parser.parse(withDeploymentBehindDashes(command, parser, words), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') throw new HelpRequested(command)
    const message = error.message.replace(/^error: /, '').trim()
    const suggestion = findSuggestion(command, { code: error.code, message, words: parser.args })
    if (suggestion !== undefined) throw new UsageError(suggestion.message, suggestion.next)
    const mayBeName = command.arguments !== undefined && /^unknown option '-[^-']{2,}/.test(message)
    throw new UsageError(
      `${message[0]?.toUpperCase()}${message.slice(1)}${/[.?)]$/.test(message) ? '' : '.'}`,
      mayBeName
        ? 'A name that begins with a hyphen stands at the end, behind --.'
        : `How it is used: ecs-api ${command.name} --help`,
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

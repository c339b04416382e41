/** Finds the command of the typed words, and parses its flags with commander, which gets this command only. */
import { CommanderError, InvalidArgumentError, Option, Command as Parser } from 'commander'
import type { Command, Flag } from './command.ts'
import { UsageError } from './errors.ts'
import { Flags, secondsOf } from './flags.ts'
import { globalFlags } from './global-flags.ts'
import { meantBy } from './meant-by.ts'
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

/** Node's timers end at 2^31 ms, after 596 hours. */
const maxTimeoutSeconds = 500 * 3600

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
    else if (takesValue(text)) i++
  }
  return places
}

/** The command that words name, as far as they are typed. */
export interface TypedCommand {
  /** The first word, an alias resolved; undefined without a word. */
  noun: string | undefined
  /** The word after a noun that has several verbs. */
  verb: string | undefined
  command: Command | undefined
  /** The words that name no command. */
  words: string[]
}

export function typedCommand(commands: readonly Command[], argv: readonly string[]): TypedCommand {
  const [first, second] = wordPlaces(argv)
  if (first === undefined) return { noun: undefined, verb: undefined, command: undefined, words: [...argv] }
  const typed = argv[first]!
  const without = (...places: (number | undefined)[]) => argv.filter((_, i) => !places.includes(i))
  const noun = nounAliases[typed] ?? typed
  const ofNoun = commandsOf(commands, noun)
  if (ofNoun.length > 0) {
    const word = second === undefined ? undefined : argv[second]!
    const verb = word === undefined ? undefined : (verbAliases[word] ?? word)
    const isTyped = ({ name, aliases = [] }: Command) => name === `${noun} ${verb}` || aliases.includes(word ?? '')
    return { noun, verb: word, command: ofNoun.find(isTyped), words: without(first, second) }
  }
  const command = commands.find(({ name, aliases = [] }) => name === typed || aliases.includes(typed))
  return { noun: typed, verb: undefined, command, words: without(first) }
}

function commandsOf(commands: readonly Command[], noun: string): Command[] {
  return commands.filter(({ name }) => name.startsWith(`${noun} `))
}

/** @returns the command and the words that are left @throws UsageError with the nearest names */
export function findCommand(
  commands: readonly Command[],
  argv: readonly string[],
): { command: Command; words: string[] } {
  const { noun = '', verb = 'list', command, words } = typedCommand(commands, argv)
  if (command) return { command, words }
  const ofNoun = commandsOf(commands, noun)
  if (ofNoun.length === 0) throw unknownCommand(noun, commands)
  const list = ofNoun.find(({ name }) => verb === 'list' && name === `${noun} list`)
  if (list) return { command: list, words }
  throw unknownCommand(`${noun} ${verb}`, ofNoun)
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
  // Checked before the command sends anything, also where it waits only afterwards.
  if (spec.includes('<duration>'))
    option.argParser((text) => {
      const seconds = secondsOf(text)
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
  if (kind === 'list') option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
  return option
}

/** Whether the next word is the value of this one, for a flag that every command takes. */
export function takesValue(word: string | undefined): boolean {
  return word !== undefined && flagsWithValue.has(word)
}

/** The arguments and flags that are typed so far. @returns undefined when a flag is invalid or lacks its value */
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
 * The id of a deployment may begin with a hyphen: 21 random letters, digits, `_` and `-`. It is the last argument, so it
 * can stand behind `--`, where no word is a flag.
 */
function withDeploymentLast(command: Command, parser: Parser, words: readonly string[]): string[] {
  if (!command.arguments?.endsWith('[deployment]')) return [...words]
  const optionOfWord = (word: string | undefined) =>
    parser.options.find(({ short, long }) => word !== undefined && (word === short || word === long))
  const isId = (word: string, i: number) =>
    /^-[\w-]{20}$/.test(word) && !optionOfWord(word) && !optionOfWord(words[i - 1])?.required
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const place = words.findIndex((word, i) => i < end && isId(word, i))
  if (place < 0) return [...words]
  return [...words.slice(0, place), ...words.slice(place + 1, end), '--', words[place]!, ...words.slice(end + 1)]
}

/** @throws UsageError, HelpRequested */
export function parseWords(command: Command, words: readonly string[]): Parsed {
  const parser = parserOf(command, undefined)
  try {
    parser.parse(withDeploymentLast(command, parser, words), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') throw new HelpRequested(command)
    const message = error.message.replace(/^error: /, '').trim()
    const meant = meantBy(command, error.code, parser.args, message)
    if (meant !== undefined) throw new UsageError(meant.message, meant.next)
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

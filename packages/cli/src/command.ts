/** The types of the command table: a command, its flags, and the function that runs it (its verb) with its input. */
import type { AccountClient, Client } from '@ecs-api/client'
import type { Target } from './context/target.ts'
import type { Flags } from './flags.ts'
import type { Out } from './out/out.ts'
import type { Questions } from './questions.ts'

export interface Flag {
  /** In the syntax of the library commander: `-c, --container <name>`. */
  spec: string
  summary: string
  /** Without a kind, the flag is text when `spec` has a value, and otherwise a switch. */
  kind?: 'integer' | 'list'
  choices?: readonly string[]
}

/** The input of a verb that needs no gateway. */
export interface LocalCommandInput {
  /** The arguments in the order of `CommandBase.arguments`; a missing optional argument is undefined. */
  args: readonly (string | undefined)[]
  /** The words of the last argument when it takes several, as `[command...]` does. */
  rest: readonly string[]
  flags: Flags
  out: Out
  questions: Questions
  /** Milliseconds since 1970. */
  now: () => number
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal
  environment: Readonly<Record<string, string | undefined>>
  workingFolder: string
  commands: readonly Command[]
}

export interface CommandInput extends LocalCommandInput {
  client: Client
  /** The gateway that the command talks to, from flags, environment, the context or the gateway beside `data/url`. */
  target: Target
  /** The client of the account with this name. Without a name: of the context's account, or of the only one. */
  account: (name?: string) => Promise<AccountClient>
  /** The name of that account. */
  accountName: (name?: string) => Promise<string>
}

/** @returns the exit code; undefined is 0 */
// biome-ignore lint/suspicious/noConfusingVoidType: most verbs return nothing
type Verb<VerbInput> = (input: VerbInput) => Promise<number | void>

interface CommandBase {
  /** The words of the command: `services list`. */
  name: string
  /** Other words for its last word, which help does not show. */
  aliases?: readonly string[]
  /**
   * The section of the help: `daily` for `deploy`, `nouns` for `services list`, `itself` for `doctor`, `gateway` for
   * `serve`.
   */
  group: 'daily' | 'nouns' | 'itself' | 'gateway' | 'hidden'
  summary: string
  /** In the syntax of the library commander: `<service> [command...]`. */
  arguments?: string
  flags?: readonly Flag[]
  /** Suggests flags for one word too many: `--image nginx` for the nginx of `deploy prod/www nginx`. */
  flagsForExtraWord?: (word: string) => string
  examples?: readonly string[]
}

/**
 * A command that runs the gateway or the engine. It receives all its words unparsed, because it parses its own flags.
 */
export interface GatewayCommand extends CommandBase {
  needs: 'unparsed words'
  run: (words: readonly string[]) => Promise<number>
}

export type Command =
  | GatewayCommand
  | (CommandBase & { needs: 'nothing'; load: () => Promise<Verb<LocalCommandInput>> })
  | (CommandBase & { needs: 'gateway'; load: () => Promise<Verb<CommandInput>> })

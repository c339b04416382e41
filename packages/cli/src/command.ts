/** The type of a command in the table, and the input of its verb. */
import type { AccountClient, Client } from '@ecs-api/client'
import type { Target } from './context/target.ts'
import type { Flags } from './flags.ts'
import type { Out } from './out/out.ts'
import type { Questions } from './questions.ts'

export interface Flag {
  /** As commander takes it: `-c, --container <name>`. */
  spec: string
  summary: string
  /** Default: text where the spec has a value, otherwise a switch. */
  kind?: 'integer' | 'list'
  choices?: readonly string[]
}

/** The input of a verb that needs no gateway. */
export interface LocalInput {
  /** The words after the command; optional ones that are missing are undefined. */
  args: readonly (string | undefined)[]
  /** The words of an argument that takes several words, such as a command. */
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

export interface Input extends LocalInput {
  client: Client
  target: Target
  /** The account by its name, or the account of the context. */
  account: (name?: string) => Promise<AccountClient>
  accountName: (name?: string) => Promise<string>
}

/** @returns the exit code; undefined is 0 */
// biome-ignore lint/suspicious/noConfusingVoidType: most verbs return nothing
type Verb<I> = (input: I) => Promise<number | void>

interface CommandBase {
  /** The words of the command: `services list`. */
  name: string
  /** Other words for its last word, which help does not show. */
  aliases?: readonly string[]
  group: 'daily' | 'nouns' | 'itself' | 'service' | 'hidden'
  summary: string
  /** As commander takes it: `<service> [command...]`. */
  arguments?: string
  flags?: readonly Flag[]
  /** The flags that one word too many was meant for: `--to 5` for `rollback prod/www 5`. */
  flagsForExtraWord?: (word: string) => string
  examples?: readonly string[]
}

/** A command of the service itself. It receives all its words unparsed, because it parses its own flags. */
export interface ServiceCommand extends CommandBase {
  needs: 'words'
  run: (words: readonly string[]) => Promise<number>
}

export type Command =
  | ServiceCommand
  | (CommandBase & { needs: 'nothing'; load: () => Promise<Verb<LocalInput>> })
  | (CommandBase & { needs: 'gateway'; load: () => Promise<Verb<Input>> })

/**
 * Suggests the right words for common mistakes: an argument that should be the value of a flag, the flag `--all` of
 * other tools, and a value that is not one of the choices.
 */
import type { Command } from './command.ts'
import { similarNames } from './nearest.ts'

export interface Suggestion {
  /** The error. */
  message: string
  /** The line that suggests a command. */
  next: string
}

interface ParsingError {
  /** The code of the library commander. */
  code: string
  /** The message of the library commander. */
  message: string
  /** The words behind the command that are not flags. */
  words: readonly string[]
}

/** @returns undefined for other mistakes */
export function findSuggestion(command: Command, { code, message, words }: ParsingError): Suggestion | undefined {
  const commandLine = (more: string) => ['ecs-api', command.name, more].join(' ')
  if (code === 'commander.invalidArgument') {
    const [, typed = '', choices = ''] =
      /argument '([^']*)' is invalid\. Allowed choices are (.*)\.$/.exec(message) ?? []
    const [nearest] = similarNames(typed, choices.split(', ').filter(Boolean), 1)
    if (nearest === undefined) return undefined
    return { message: `${message[0]!.toUpperCase()}${message.slice(1)}`, next: `Did you mean ${nearest}?` }
  }
  if (code === 'commander.excessArguments') {
    const argumentCount = command.arguments?.match(/<[^>]+>|\[[^\]]+\]/g)?.length ?? 0
    const extraWords = words.slice(argumentCount)
    if (command.flagsForExtraWord === undefined || extraWords.length !== 1) return undefined
    return {
      message: `${command.name} has no place for the word ${extraWords[0]}.`,
      next: `Did you mean: ${commandLine([...words.slice(0, argumentCount), command.flagsForExtraWord(extraWords[0]!)].join(' '))}`,
    }
  }
  const isFlagAll = code === 'commander.unknownOption' && /'(--all|-a|-A)'/.test(message)
  const flags = command.flags ?? []
  if (!isFlagAll || !flags.some(({ spec }) => spec.startsWith('--limit '))) return undefined
  const hasStatusAll = flags.some(({ spec, choices }) => spec.startsWith('--status ') && choices?.includes('ALL'))
  return {
    message: `${command.name} has no flag --all: it prints all pages${hasStatusAll ? '' : ', unless --limit ends it'}.`,
    next: hasStatusAll
      ? `With each status: ${commandLine('--status ALL')}`
      : `How it is used: ${commandLine('--help')}`,
  }
}

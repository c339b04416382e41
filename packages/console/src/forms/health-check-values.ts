/** Conversions between the health check of a container and the texts of its form fields. */
import { arrayOrEmpty, type Container, commandText, describeUnclosedQuote, parseCommand } from './container-values.ts'

type HealthCheck = Record<string, unknown>

/** The health check; empty when there is none: a document that a person edits can have any value anywhere. */
export function healthCheckOf({ healthCheck }: Container): HealthCheck {
  return typeof healthCheck === 'object' && healthCheck !== null && !Array.isArray(healthCheck)
    ? (healthCheck as HealthCheck)
    : {}
}

/** The text of a health check's command: the line of a `CMD-SHELL` command, or else all words, `CMD` first. */
export function healthCommandText(command: unknown): string {
  const [kind, ...words] = arrayOrEmpty(command)
  if (kind === 'CMD-SHELL' && words.length === 1) return String(words[0])
  return commandText(arrayOrEmpty(command))
}

const isCmdOrNone = (text: string) => /^(CMD\s|NONE$)/.test(text)

export function parseHealthCommand(text: string): string[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  return isCmdOrNone(trimmed) ? parseCommand(trimmed) : ['CMD-SHELL', trimmed]
}

/** Describes an unclosed quote of a `CMD` command. The shell in the container reports one of a `CMD-SHELL` command. */
export const describeUnclosedQuoteOfCmd = (text: string) =>
  isCmdOrNone(text.trim()) ? describeUnclosedQuote(text) : undefined

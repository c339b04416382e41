/** Conversions between the health check of a container and the texts of its form fields. */
import { arrayOrEmpty, type Container, commandText, parseCommand, unclosedQuote } from './container-values.ts'

type HealthCheck = Record<string, unknown>

/** The health check; empty when there is none: a document that a person edits can have any value anywhere. */
export function healthCheckOf({ healthCheck }: Container): HealthCheck {
  return typeof healthCheck === 'object' && healthCheck !== null && !Array.isArray(healthCheck)
    ? (healthCheck as HealthCheck)
    : {}
}

/** A command that ECS runs in the shell as its text; any other as the words after `CMD`, or as ECS has it. */
export function healthCommandText(command: unknown): string {
  const [kind, ...words] = arrayOrEmpty(command)
  if (kind === 'CMD-SHELL' && words.length === 1) return String(words[0])
  return commandText(arrayOrEmpty(command))
}

const isWithoutShell = (text: string) => /^(CMD\s|NONE$)/.test(text)

export function parseHealthCommand(text: string): string[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  return isWithoutShell(trimmed) ? parseCommand(trimmed) : ['CMD-SHELL', trimmed]
}

/** Describes a quote that is not closed; a shell describes its own. */
export const unclosedQuoteOfCmd = (text: string) => (isWithoutShell(text.trim()) ? unclosedQuote(text) : undefined)

/**
 * References in the configuration: `env:NAME` and `file:PATH` stand for secrets, which the file must not hold itself.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ConfigurationFault, isRecord } from './faults.ts'
import type { Annotations } from './schema.ts'

export interface ReferenceContext {
  /** Relative paths in references are relative to this folder. */
  folder: string
  environment: Readonly<Record<string, string | undefined>>
  /** Paths of keys that environment variables set: they may hold the secret itself. */
  fromEnvironment: readonly string[]
  /** Errors are added here. */
  faults: ConfigurationFault[]
}

/** Replaces each `env:NAME` and `file:PATH` by the value that it refers to. */
export function resolveReferences(
  value: Record<string, unknown>,
  properties: Readonly<Record<string, object>>,
  parentPath: string,
  context: ReferenceContext,
): void {
  for (const [key, schema] of Object.entries(properties)) {
    const path = parentPath ? `${parentPath}.${key}` : key
    const { reference, properties: nested } = schema as Annotations & { properties?: Record<string, object> }
    const current = value[key]
    if (nested && isRecord(current)) resolveReferences(current, nested, path, context)
    if (!reference || typeof current !== 'string') continue
    const [, kind, target] = /^(env|file):(.+)$/s.exec(current) ?? []
    if (kind && target) value[key] = resolveReference(kind, target, path, context)
    else if (context.fromEnvironment.includes(path)) continue
    else if (reference === 'secret')
      context.faults.push({
        path,
        message: 'a secret must not be in the configuration file; expected env:NAME or file:PATH',
      })
    else if (hasPassword(current))
      context.faults.push({
        path,
        message: 'a password must not be in the configuration file; put the whole URL into env:NAME or file:PATH',
      })
  }
}

function hasPassword(text: string): boolean {
  return /^[a-z+]+:\/\/[^/?#\s]*:[^/?#@\s]+@/i.test(text) || /[?&]password=[^&#]/i.test(text)
}

/** Returns the referenced value. When the variable is not set or the file cannot be read, adds an error instead. */
function resolveReference(
  kind: string,
  target: string,
  path: string,
  { folder, environment, faults }: ReferenceContext,
): string | undefined {
  if (kind === 'env') {
    if (!environment[target]) faults.push({ path, message: `the environment variable ${target} is not set` })
    return environment[target]
  }
  try {
    const text = readFileSync(resolve(folder, target), 'utf8').trim()
    if (!text) faults.push({ path, message: `the file ${target} is empty` })
    return text
  } catch (error) {
    faults.push({ path, message: `the file ${target} cannot be read (${(error as NodeJS.ErrnoException).code})` })
    return undefined
  }
}

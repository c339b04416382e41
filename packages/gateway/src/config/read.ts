/**
 * Reads the configuration: merges the file and the environment, resolves references to secrets, validates, and fills in
 * defaults. All errors are reported at once.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorText } from '../problems/problem.ts'
import { certificateFaults } from './certificates.ts'
import { accountFaults, crossFaults } from './cross-checks.ts'
import { withEnvironment } from './environment.ts'
import { BrokenConfiguration, findFaults, isRecord } from './faults.ts'
import { resolveReferences } from './references.ts'
import {
  type AwsAccountConfiguration,
  awsAccountSchema,
  configurationSchema,
  type LocalAccountConfiguration,
  localAccountSchema,
} from './schema.ts'
import type { Settings } from './settings.ts'
import { settingsWithDefaults, type ValidConfiguration } from './settings-with-defaults.ts'

const defaultFile = 'ecs-api.yaml'

export interface ConfigurationSource {
  /** The value of `--config`; by default `ECS_API_CONFIG`, or ecs-api.yaml when it exists. */
  file?: string | undefined
  environment: Readonly<Record<string, string | undefined>>
}

/** @throws BrokenConfiguration with all errors */
export async function readConfiguration({ file, environment }: ConfigurationSource): Promise<Settings> {
  const requestedFile = file ?? environment.ECS_API_CONFIG
  const path = requestedFile ?? defaultFile
  const text = readFile(path, { isRequired: requestedFile !== undefined })
  const source = text === undefined ? 'The configuration' : `The configuration ${path}`
  const fileValue = text === undefined ? {} : await parseYaml(source, text)
  const rootFaults = findFaults({ type: 'object', expected: 'a map of keys' }, fileValue, '')
  if (rootFaults.length > 0) throw new BrokenConfiguration(source, rootFaults)

  const { value, faults, fromEnvironment } = withEnvironment(fileValue as Record<string, unknown>, environment)
  faults.push(...findFaults(configurationSchema, value, ''))
  const context = { folder: dirname(resolve(path)), environment, fromEnvironment, faults }
  resolveReferences(value, configurationSchema.properties, '', context)

  const accounts: Record<string, unknown> = isRecord(value.accounts) ? value.accounts : { local: { mode: 'local' } }
  for (const [name, account] of Object.entries(accounts)) {
    const accountPath = `accounts.${name}`
    faults.push(...accountFaults(name, account, accountPath))
    if (!isRecord(account)) continue
    const schema = account.mode === 'local' ? localAccountSchema : awsAccountSchema
    faults.push(...findFaults(schema, account, accountPath))
    resolveReferences(account, schema.properties, accountPath, context)
  }
  faults.push(...crossFaults(value, accounts))
  // A certificate is not checked when its file could not be read, because that error is already reported.
  const reported = new Set(faults.map(({ path }) => path))
  faults.push(...(await certificateFaults(value.tls, accounts)).filter(({ path }) => !reported.has(path)))
  if (faults.length > 0) throw new BrokenConfiguration(source, faults)
  return settingsWithDefaults(
    value as ValidConfiguration,
    accounts as Record<string, AwsAccountConfiguration | LocalAccountConfiguration>,
  )
}

/** Returns undefined for a file that does not exist and is not required. */
function readFile(path: string, { isRequired }: { isRequired: boolean }): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!isRequired && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new BrokenConfiguration(`The configuration ${path}`, [
      { path: '', message: `cannot be read (${(error as NodeJS.ErrnoException).code})` },
    ])
  }
}

async function parseYaml(source: string, text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    throw new BrokenConfiguration(
      source,
      document.errors.map(({ message }) => ({ path: '', message: message.split('\n')[0]!.replace(/:$/, '') })),
    )
  }
  try {
    return document.toJS() ?? {}
  } catch (error) {
    // YAML reads an unquoted `*` as an alias of an anchor, which does not exist.
    throw new BrokenConfiguration(source, [
      { path: '', message: `${errorText(error)} (a value that begins with * or & must be quoted)` },
    ])
  }
}

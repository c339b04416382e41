/**
 * An engine as a program of its own, and a gateway whose account `remote` reaches it over TCP, as it would reach AWS.
 */
import { launcherPath, type RunningProgram, startProgram } from './process.ts'

interface EngineOptions {
  /** The data folder; by default the state is in memory only. */
  data?: string
  /** The address of a container runtime; simulated by default. */
  runtime?: string
  /** Other flags of `local-aws`. */
  flags?: readonly string[]
}

export function startEngine({
  data = ':memory:',
  runtime = 'simulated',
  flags = [],
}: EngineOptions = {}): Promise<RunningProgram> {
  const engineFlags = ['--port', '0', '--data', data, '--runtime', runtime, ...flags]
  return startProgram(launcherPath, ['local-aws', ...engineFlags])
}

/** The number of the account at the engine. */
export const accountNumber = '000000000001'

/**
 * The environment of a gateway with the account `remote`.
 * @param hasBudget while false, the gateway does not limit its own calls
 */
export function remoteAccount(endpoint: string, { hasBudget = true } = {}): Record<string, string> {
  const settings = {
    REGION: 'us-east-1',
    ENDPOINT: endpoint,
    CREDENTIALS_ACCESS_KEY_ID: accountNumber,
    CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
    ...(!hasBudget && { BUDGET: 'off' }),
  }
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`ECS_API_ACCOUNTS_REMOTE_${key}`, value]))
}

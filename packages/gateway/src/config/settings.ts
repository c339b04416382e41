/** What a checked configuration amounts to: every default filled in, every reference followed. */
import type { AwsAccountConfiguration, LocalAccountConfiguration } from './schema.ts'

interface Named {
  name: string
  region: string
  /** What differs from AWS's own request buckets. */
  budget?: AwsAccountConfiguration['budget']
  /** How old what is read may be, where it isn't the usual. */
  freshMs?: number | undefined
  defaults: { subnets?: string[]; securityGroups?: string[]; executionRoleArn?: string }
}

export interface AwsSettings extends Named, Pick<AwsAccountConfiguration, 'endpoint' | 'fips' | 'proxy' | 'ca' | 'timeouts'> {
  mode: 'aws'
  credentials: NonNullable<AwsAccountConfiguration['credentials']>
}

export interface LocalSettings extends Named {
  mode: 'local'
  /** Twelve digits, derived from the name. */
  number: string
}

/** How the embedded engine behaves, for all local accounts. */
export interface EngineSettings {
  pace: NonNullable<LocalAccountConfiguration['pace']>
  consistencyDelayMs: number
  /** What runs the containers: `auto`, `docker`, `podman`, `simulated`, or a socket. */
  runtime: string
  /** What becomes of real containers when the program ends. */
  atClose: NonNullable<LocalAccountConfiguration['atClose']>
}

export interface Address {
  host: string
  port: number
}

export interface Settings {
  listen: Address
  /** The folder of everything that this process keeps, or `:memory:`. */
  data: string
  /** The admin's token, where it is configured. */
  token: string | undefined
  /** What ready answers may take in memory, MiB. */
  viewsMiB: number
  accounts: (AwsSettings | LocalSettings)[]
  engine: EngineSettings
  /** Where the engine's own AWS endpoint is to listen; without any, on the usual port or a free one. None when there is no local account. */
  engineListen: Address[]
}

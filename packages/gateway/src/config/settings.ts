/** What a checked configuration amounts to: every default filled in, every reference to a secret followed. */
interface AccountSettings {
  name: string
  region: string
  defaults: { subnets?: string[]; securityGroups?: string[]; executionRoleArn?: string }
}

export interface AwsSettings extends AccountSettings {
  mode: 'aws'
  credentials: {
    profile?: string
    accessKeyId?: string
    secretAccessKey?: string
    sessionToken?: string
    roleArn?: string
    externalId?: string
  }
  endpoint?: string
  fips?: boolean
  proxy?: string
  ca?: string
}

export interface LocalSettings extends AccountSettings {
  mode: 'local'
  /** Twelve digits, derived from the name. */
  number: string
}

/** How the embedded engine behaves, for all local accounts. */
export interface EngineSettings {
  consistencyDelayMs: number
}

export interface Settings {
  listen: { host: string; port: number }
  /** The folder of everything that this process keeps, or `:memory:`. */
  data: string
  accounts: (AwsSettings | LocalSettings)[]
  engine: EngineSettings
}

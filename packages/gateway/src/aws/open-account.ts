/** Making an account from its settings. Nothing is asked of AWS until the first call. */
import type { ECS } from '@aws-sdk/client-ecs'
import type { STS } from '@aws-sdk/client-sts'
import type { Account, AccountDefaults } from './account.ts'
import { type ClientSettings, ecsClient, type OnCall, observe } from './client.ts'
import { type ConnectionSettings, connectionFor } from './connection.ts'
import { type CredentialSettings, credentialsFor } from './credentials.ts'

interface Named {
  name: string
  region: string
  defaults: AccountDefaults
}

export interface AwsAccountSettings extends Named, ConnectionSettings {
  credentials: CredentialSettings
  /** Another endpoint for all AWS services of this account. */
  endpoint?: string | undefined
  fips?: boolean | undefined
}

export interface LocalAccountSettings extends Named {
  number: string
  runtime: string
  /** The engine's own, for this account. */
  requestHandler: ClientSettings['requestHandler']
}

const maxAttempts = 3
/** Who asks whether an account can be reached doesn't want to wait for all attempts. */
const identityMs = 3000

/** An account on Amazon's AWS, or on anything that speaks its protocol. */
export function openAwsAccount(settings: AwsAccountSettings, onCall: OnCall): Account {
  const { name, region, defaults, endpoint, fips } = settings
  const connection = connectionFor(settings)
  const base: ClientSettings = {
    region,
    maxAttempts,
    requestHandler: connection.handler,
    ...(endpoint && { endpoint }),
    ...(fips && { useFipsEndpoint: true }),
  }
  const client = { ...base, credentials: credentialsFor(settings.credentials, base) }
  return account({ name, region, defaults, mode: 'aws', number: undefined, runtime: 'fargate' }, client, connection.close, onCall)
}

/** An account on the embedded engine, whose handler knows which account it is for: the keys sign, but prove nothing. */
export function openLocalAccount({ requestHandler, ...settings }: LocalAccountSettings, onCall: OnCall): Account {
  const credentials = { accessKeyId: settings.number, secretAccessKey: 'local' }
  const client: ClientSettings = { region: settings.region, maxAttempts, credentials, requestHandler }
  return account({ ...settings, mode: 'local' }, client, () => {}, onCall)
}

function account(what: Omit<Account, 'ecs' | 'identity' | 'close'>, client: ClientSettings, close: () => void, onCall: OnCall): Account {
  let ecs: ECS | undefined
  let sts: Promise<STS> | undefined
  const stsClient = () => {
    sts ??= import('@aws-sdk/client-sts').then(({ STS }) => {
      const made = new STS(client)
      observe(made.middlewareStack, what.name, onCall)
      return made
    })
    return sts
  }
  return {
    ...what,
    ecs: () => {
      ecs ??= ecsClient(what.name, client, onCall)
      return ecs
    },
    identity: async () => {
      const sts = await stsClient()
      const { Account: number = '', Arn: arn = '' } = await sts.getCallerIdentity({}, { abortSignal: AbortSignal.timeout(identityMs) })
      return { number, arn }
    },
    close,
  }
}

/**
 * Gateways of several organisations that share one engine over TCP, and an ECS client. A gateway with a boundary shows
 * and creates only resources with its organisation's tag.
 */
import { after } from 'node:test'
import { ECS, type RunTaskRequest } from '@aws-sdk/client-ecs'
import { LocalAws, type LocalAwsOptions } from '@ecs-api/local-aws'
import type { AwsSettings } from '../config/settings.ts'
import { startTestProgram, type TestProgram } from './program.ts'

export const webDefinition = (family: string) => ({ family, containerDefinitions: [{ name: 'web', image: 'nginx' }] })
export const fargatePlacement: Pick<RunTaskRequest, 'launchType' | 'networkConfiguration'> = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0123456789abcdef0'] } },
}

export interface Orgs {
  /** A client that sees every resource, tagged or not. */
  aws: ECS
  engine: LocalAws
  /** Starts a gateway whose account `shared` is the engine's account; without `org` it has no boundary. */
  startGateway: (org: string | undefined, more?: Partial<AwsSettings>) => Promise<TestProgram>
  /** Returns the settings of the account `shared` for an organisation. */
  accountOf: (org: string | undefined, more?: Partial<AwsSettings>) => AwsSettings
}

export async function startOrgsOnOneEngine(options: Partial<LocalAwsOptions> = {}): Promise<Orgs> {
  const engine = new LocalAws({ data: ':memory:', pace: 'instant', ...options })
  await engine.open()
  after(() => engine.close())
  const { url: endpoint } = await engine.listen()
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'any' }
  const accountOf = (org: string | undefined, more: Partial<AwsSettings> = {}): AwsSettings => ({
    mode: 'aws',
    name: 'shared',
    region: 'us-east-1',
    defaults: { subnets: ['subnet-0123456789abcdef0'] },
    endpoint,
    credentials,
    budget: 'off',
    freshMs: 50,
    ...(org && { boundaryTag: { key: 'ecs-api:org', value: org } }),
    ...more,
  })
  const aws = new ECS({ region: 'us-east-1', endpoint, credentials })
  after(() => aws.destroy())
  return {
    aws,
    engine,
    accountOf,
    startGateway: (org, more) => startTestProgram({ accounts: [accountOf(org, more)] }),
  }
}

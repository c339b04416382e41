/**
 * An AWS engine in this process that is reached over TCP with signed requests, as Amazon's AWS is. It is for behaviour
 * that an account on the embedded engine cannot show.
 */
import { after } from 'node:test'
import { ECS } from '@aws-sdk/client-ecs'
import { LocalAws, type LocalAwsOptions } from '@ecs-api/local-aws'
import type { AwsSettings } from '../config/settings.ts'

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const region = 'us-east-1'
const number = '111122223333'

export interface EngineOverTcp {
  engine: LocalAws
  /** The number of its AWS account. */
  number: string
  /**
   * Returns the settings of an account on it. `freshMs` says how old the response to a read may be, which is also how
   * often a stream polls AWS; `budget: 'off'` lets calls go out at any rate, because this AWS does not throttle.
   */
  account: (name: string, more?: Partial<AwsSettings>) => AwsSettings
  /** Another client of the same AWS account. The gateway does not know of its changes. */
  ecs: ECS
}

/** Starts the AWS; it closes after the file's tests. */
export async function startEngineOverTcp(options: Partial<LocalAwsOptions> = {}): Promise<EngineOverTcp> {
  const engine = new LocalAws({
    data: ':memory:',
    pace: 'instant',
    accounts: [{ number, name: 'remote', ...credentials }],
    ...options,
  })
  await engine.open()
  const { url: endpoint } = await engine.listen()
  const ecs = new ECS({ region, credentials, requestHandler: engine.requestHandler(number) })
  after(async () => {
    ecs.destroy()
    await engine.close()
  })
  return {
    engine,
    number,
    ecs,
    account: (name, more) => ({
      mode: 'aws',
      name,
      region,
      defaults: { subnets: ['subnet-0a1b2c3d'] },
      endpoint,
      credentials,
      ...more,
    }),
  }
}

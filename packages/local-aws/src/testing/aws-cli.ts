import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { LocalAwsOptions } from '../local-aws.ts'
import { openedAws } from './opened-aws.ts'

const run = promisify(execFile)

/** For a test's `skip`: what is missing, or false. */
export const withoutAwsCli = existsSync('/usr/bin/aws') ? false : 'the AWS CLI (awscli) is not installed'

/** What the CLI prints: the members that these tests look at. */
export interface Answer {
  failures?: unknown[]
  services?: { deployments: { rolloutState: string }[]; runningCount: number; status: string }[]
  service?: { status: string; deployments: { id: string }[] }
  taskArns?: string[]
  tasks?: { taskArn: string; lastStatus: string; stopCode?: string; stoppedReason?: string; containers: { exitCode?: number }[] }[]
  clusterArns?: string[]
  cluster?: { status: string }
  clusters?: { tags: unknown }[]
  taskDefinition?: { registeredAt: string; taskDefinitionArn: string }
  taskDefinitionArns?: string[]
  Account?: string
}

/** The CLI as `local-aws env` sets it up, on an engine that verifies signatures. It reads no configuration of the machine's. */
export async function awsCli(t: TestContext, options: Partial<LocalAwsOptions> = {}) {
  const { aws } = await openedAws(t, { verify: true, ...options })
  const { url } = await aws.listen()
  const { accessKeyId, secretAccessKey } = aws.accounts[0]!
  const env = {
    PATH: '/usr/bin:/bin',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const cli = async (...words: string[]): Promise<Answer> => {
    const { stdout } = await run('/usr/bin/aws', ['--endpoint-url', url, '--output', 'json', ...words], { env })
    return JSON.parse(stdout === '' ? '{}' : stdout) as Answer
  }
  return { aws, cli }
}

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { openTestEngine } from './test-engine.ts'

const run = promisify(execFile)
const PATH = '/usr/bin/aws'

/** The reason to skip a test that needs the AWS CLI; false when the CLI is installed. */
export const noAwsCli = existsSync(PATH) ? false : 'the AWS CLI (awscli) is not installed'

/**
 * Runs the CLI as `local-aws env` sets it up, on an engine that verifies signatures. The CLI reads no configuration of
 * the machine.
 */
export async function openAwsCli<Answer extends object>(t: TestContext) {
  const { aws, ecsClientOf } = await openTestEngine(t, { verifySignatures: true, pace: 'instant' })
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
  const cli = async (...args: string[]): Promise<Answer> => {
    const { stdout } = await run(PATH, ['--endpoint-url', url, '--output', 'json', ...args], { env })
    return JSON.parse(stdout === '' ? '{}' : stdout) as Answer
  }
  return { aws, ecs: ecsClientOf(aws.accounts[0]?.number), cli }
}

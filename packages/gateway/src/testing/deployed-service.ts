/** A service for tests of releases and deployments: the service www in a cluster prod of a separate account. */
import assert from 'node:assert/strict'
import type { TestProgram } from './program.ts'

type Api = TestProgram['api']
type Answer = Awaited<ReturnType<Api['get']>>

export interface DeployedService {
  account: string
  /** The path of the service. */
  path: string
  /** Sends a PATCH and waits until the service is stable. */
  deploy: (patch: object) => Promise<Answer>
  /** Reads the releases, the newest first. */
  releases: () => Promise<Answer['body'][]>
  /** Reads the task definition that the service runs. */
  definition: () => Promise<Answer['body']>
}

const webContainer = {
  name: 'web',
  image: 'nginx:1.27',
  ports: [80],
  environment: { LEVEL: 'info', PASSWORD: 'known-value' },
}

/** Creates the service. Its first release is release 1. */
export async function createDeployedService(
  api: Api,
  account: string,
  serviceFields: object = {},
): Promise<DeployedService> {
  const path = `/${account}/clusters/prod/services/www`
  const created = [
    await api.post(`/${account}/clusters`, { name: 'prod' }),
    await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [webContainer] }),
    await api.post(`/${account}/clusters/prod/services?wait=STABLE`, {
      name: 'www',
      taskDefinition: 'web',
      count: 2,
      subnets: ['subnet-0a1b2c3d'],
      ...serviceFields,
    }),
  ]
  for (const { status, text } of created) assert.equal(status, 201, text)
  return {
    account,
    path,
    deploy: async (patch) => {
      const answer = await api.patch(`${path}?wait=STABLE`, patch)
      assert.equal(answer.body.outcome, 'reached', answer.text)
      return answer
    },
    releases: async () => {
      const answer = await api.get(`${path}/releases`, { headers: { 'cache-control': 'no-cache' } })
      assert.equal(answer.status, 200, answer.text)
      return answer.body.items
    },
    definition: async () => {
      const { body } = await api.get(path)
      return (await api.get(`/${account}/taskdefs/${body.taskDefinition}`)).body
    },
  }
}

/** A gateway with the cluster `prod` and task definitions, and the command line with `prod` as its cluster. */
import assert from 'node:assert/strict'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { url } = await program.listen()
export const { api } = program
export const home = newFolder()
export const variables = { ECS_API_URL: url, ECS_API_TOKEN: program.token, ECS_API_CLUSTER: 'prod' }
export const cli = cliWithHome(home, variables)

/** The part of a container definition that tells the simulation how the container behaves. */
export const simulated = (name: string, value: string) => ({ dockerLabels: { [`ecs-api.simulated.${name}`]: value } })
export const registerDefinition = (family: string, more: object = {}) =>
  api.post('/local/taskdefs', { family, containerDefinitions: [{ name: 'web', image: 'nginx:1.29', ...more }] })
export const createService = async (
  name: string,
  taskDefinition: string,
  { count = 1, waitsUntilStable = true }: { count?: number; waitsUntilStable?: boolean } = {},
) => {
  const path = `/local/clusters/prod/services${waitsUntilStable ? '?wait=STABLE' : ''}`
  const { status, text } = await api.post(path, { name, taskDefinition, count })
  assert.ok(status < 300, text)
}
await api.post('/local/clusters', { name: 'prod' })
await registerDefinition('web')
await registerDefinition('slow', simulated('pull-delay', '600'))
await registerDefinition('broken', simulated('pull-error', 'pull access denied for web'))
await registerDefinition('exits', simulated('exit-after', '0'))
await registerDefinition('exits-3', {
  dockerLabels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '3' },
})

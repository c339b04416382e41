import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'
import { ResponseSchemas } from '../testing/response-schemas.ts'
import { resourceExamples } from './examples.ts'

const { api } = await startTestProgram()

test('the examples of openapi.json fit their schemas', async () => {
  const document = (await api.get('/openapi.json')).body
  const { schemas: known } = document.components
  const schemas = new ResponseSchemas(document, { onlyListedValues: true })
  for (const [name, example] of Object.entries(resourceExamples)) {
    assert.deepEqual(known[name].examples, [example], `${name} is shown`)
    assert.equal(schemas.findMismatch(known[name], example), undefined, name)
  }
})

test('the examples have the same fields as real responses', async () => {
  const cluster = await api.post('/local/clusters', {
    name: 'prod',
    settings: { containerInsights: 'enabled' },
    tags: { team: 'web' },
  })
  const container = { name: 'web', image: 'nginx:1.29', ports: [80], environment: { LEVEL: 'info' } }
  const taskDefinition = await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [container] })
  assert.equal(
    (await api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 2 })).body
      .outcome,
    'reached',
  )
  const of = async (path: string) => (await api.get(`/local/clusters/prod${path}`)).body
  const answers = {
    Cluster: cluster.body,
    TaskDefinition: taskDefinition.body,
    Service: await of('/services/www'),
    Task: (await of('/tasks')).items[0],
    ServiceDeployment: (await of('/services/www/deployments')).items[0],
    ServiceEvent: (await of('/services/www/events')).items[0],
  }
  for (const [name, answer] of Object.entries(answers))
    assert.deepEqual(Object.keys(answer).sort(), Object.keys(resourceExamples[name]!).sort(), name)
})

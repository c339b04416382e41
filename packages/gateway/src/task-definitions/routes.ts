/** The routes of task definitions. */

import type { Account } from '../aws/account.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { dryRunQuery, planSchema } from '../plans/schema.ts'
import { answerSchema, bodySchema } from '../shapes/json-schema.ts'
import { Type } from '../typebox/type.ts'
import { deregisterTaskDefinition } from './deregister.ts'
import { getTaskDefinition } from './get.ts'
import { listTaskDefinitions } from './list.ts'
import { planDeregistration, planRegistration } from './plan.ts'
import { registerTaskDefinition } from './register.ts'
import { listedTaskDefinitionSchema, toTaskDefinitionResource } from './schema.ts'

const tag = 'Task definitions'
const taskDefinition = answerSchema('TaskDefinition')
const params = {
  taskdef: Type.String({
    $id: 'TaskDefinitionRef',
    description: 'A family (its newest ACTIVE revision), `family:revision`, or an ARN.',
    examples: ['web'],
  }),
}

const list = {
  summary: 'List task definitions',
  operationId: 'listTaskDefinitions',
  readsFrom: 'aws',
  description: 'Ordered by family, newest revision first.',
  tag,
  query: {
    family: Type.Optional(Type.String({ description: 'Only revisions of this family.' })),
    status: Type.Enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS', 'ALL'], { default: 'ACTIVE' }),
    latest: Type.Boolean({ default: false, description: 'Only the newest revision of each family.' }),
    ...pageQuery,
  },
  answers: { 200: listSchema('TaskDefinitionList', listedTaskDefinitionSchema) },
} satisfies RouteSchema

const register = {
  summary: 'Register a task definition',
  operationId: 'registerTaskDefinition',
  description:
    'Accepts the file of `aws ecs register-task-definition --cli-input-json` unchanged. ' +
    'Fields that Fargate needs and the body leaves out get defaults, such as the smallest size for the containers.',
  tag,
  body: {
    ...bodySchema('TaskDefinitionRegister', 'RegisterTaskDefinition', {
      ecsExample: {
        family: 'web',
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'web', image: 'nginx', environment: [{ name: 'LEVEL', value: 'info' }] }],
      },
    }),
    examples: [
      {
        family: 'web',
        containerDefinitions: [{ name: 'web', image: 'nginx', ports: [80], environment: { LEVEL: 'info' } }],
      },
    ],
  },
  query: dryRunQuery,
  answers: { 200: planSchema, 201: taskDefinition },
} satisfies RouteSchema

const get = {
  summary: 'Get a task definition',
  operationId: 'getTaskDefinition',
  readsFrom: 'aws',
  tag,
  params,
  answers: { 200: taskDefinition },
  problems: ['TaskDefinitionNotFound'],
} satisfies RouteSchema

const familyDeregistered = Type.Object(
  {
    items: Type.Array(taskDefinition),
    failures: Type.Array(
      Type.Object(
        { name: Type.String({ description: '`family:revision`.' }), reason: Type.String() },
        { $id: 'DeregistrationFailure', description: 'A revision that could not be deregistered, and the reason.' },
      ),
    ),
    remaining: Type.Integer({ description: 'Number of revisions that are still to be deregistered.' }),
  },
  { $id: 'FamilyDeregistered', description: 'The result for a family: its deregistered revisions, and the failures.' },
)

const remove = {
  summary: 'Deregister a task definition or a family',
  operationId: 'deregisterTaskDefinition',
  description:
    'For a revision (`web:7`) the response is that task definition. For a family (`web`) it is a list of the ' +
    'revisions that were deregistered within 45 s. Repeat the request while `remaining` is not 0.',
  tag,
  params,
  query: {
    purge: Type.Boolean({
      default: false,
      description: 'Also deletes the deregistered revisions, and those that were INACTIVE before.',
    }),
    ...dryRunQuery,
  },
  answers: {
    200: Type.Union([taskDefinition, familyDeregistered, planSchema]),
  },
  problems: ['TaskDefinitionNotFound'],
  concernsAllClusters: true,
} satisfies RouteSchema

export function taskDefinitionRoutes(api: Api<Account>): void {
  api.get('/:account/taskdefs', { schema: list }, ({ account, caller, query }) =>
    listTaskDefinitions(account, caller, query),
  )
  api.post('/:account/taskdefs', { schema: register }, async ({ account, caller, body, firstTryAt, query }, reply) => {
    if (query.dryRun)
      return planRegistration(account, (planningAccount) => registerTaskDefinition(planningAccount, caller, body))
    const registered = await registerTaskDefinition(account, caller, body, firstTryAt)
    return reply.created(registered, `/${account.name}/taskdefs/${registered.name}`)
  })
  api.get('/:account/taskdefs/:taskdef', { schema: get }, async ({ account, params }) =>
    toTaskDefinitionResource(await getTaskDefinition(account, params.taskdef)),
  )
  api.delete('/:account/taskdefs/:taskdef', { schema: remove }, ({ account, params, query, signal }) => {
    const change = (realOrPlanningAccount: Account) =>
      deregisterTaskDefinition(realOrPlanningAccount, params.taskdef, { purge: query.purge, signal })
    return query.dryRun ? planDeregistration(account, change) : change(account)
  })
}

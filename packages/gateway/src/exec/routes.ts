/** The routes of sessions in containers. */
import type { Account } from '../aws/account.ts'
import { clusterParams } from '../clusters/schema.ts'
import { readGatewayBody } from '../http/request/body.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { BadRequest } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'
import { connectTerminal } from './connect-terminal.ts'
import { openTerminal } from './open-terminal.ts'
import { runCommand } from './run-command.ts'
import { commandResultSchema, execRequestSchema, terminalSchema } from './schema.ts'
import type { ExecSessions } from './sessions.ts'
import { getTarget } from './target.ts'

const tag = 'Exec'
/** The name of the protocol on the WebSocket. */
const subprotocol = 'ecs-api.exec.v1'

const exec = {
  summary: 'Open a terminal, or run a command',
  operationId: 'execInTask',
  isNeverCompressed: true,
  description:
    'Opens a terminal in a container: the response has the URL of a WebSocket, good for one connection within 60 s. ' +
    'With `"interactive": false` it runs one command and returns its output. Needs the permission `exec`, and ECS Exec ' +
    'in the task.',
  tag,
  permission: 'exec',
  params: { ...clusterParams, task: Type.String({ $id: 'TaskRef', description: 'Id or ARN of the task.' }) },
  query: {
    timeout: Type.Optional(
      Type.Integer({
        $id: 'ExecTimeout',
        minimum: 1,
        maximum: 900,
        description: 'How many seconds a command without a terminal may run; the default is 55.',
      }),
    ),
  },
  body: execRequestSchema,
  onRepeatedKey: (body) =>
    (body as { interactive?: unknown } | null)?.interactive === false ? 'reject' : 'call-handler',
  answers: { 200: commandResultSchema, 201: terminalSchema },
  problems: [
    'ClusterNotFound',
    'TaskNotFound',
    'TaskNotRunning',
    'ExecNotEnabled',
    'ExecAgentNotRunning',
    'ExecNoTaskRole',
    'ExecTargetNotConnected',
    'ExecKeyUnusable',
    'NotOfferedByAws',
    'ExecTimeout',
    'TokenLimitExceeded',
    'StoreUnavailable',
  ],
} satisfies RouteSchema

const connect = {
  summary: 'Connect to a terminal',
  tag,
  isPublic: true,
  isHidden: true,
  subprotocol,
  params: { session: Type.String({ description: 'The secret of the session’s URL.' }) },
  answers: { 101: Type.Null({ description: 'The connection is a WebSocket now.' }) },
  problems: ['ExecSessionNotFound', 'OriginNotAllowed', 'UpgradeRequired'],
} satisfies RouteSchema

const defaultSeconds = 55

function timeoutNotAllowed(): BadRequest {
  const message = 'is for a command with "interactive": false; idleMinutes and maxMinutes of the account end a terminal'
  return new BadRequest('InvalidQuery', `?timeout ${message}.`, {
    errors: [{ in: 'query', name: 'timeout', message }],
  })
}

export function execRoutes(api: Api<Account>, sessions: ExecSessions): void {
  api.post(
    '/:account/clusters/:cluster/tasks/:task/exec',
    { schema: exec },
    async ({ account, caller, params, query, body, requestDetails, signal }, reply) => {
      const request = readGatewayBody(execRequestSchema, body)
      if (query.timeout !== undefined && request.interactive !== false) throw timeoutNotAllowed()
      const target = await getTarget(account, caller, params, request.container)
      if (request.interactive === false)
        return runCommand(sessions, target, request, {
          caller,
          timeoutSeconds: query.timeout ?? defaultSeconds,
          signal,
        })
      const { path, ...offer } = await openTerminal(sessions, target, request, { caller, ...requestDetails })
      return reply.created({ id: offer.id, url: `/v1/ecs${path}`, expiresAt: offer.expiresAt })
    },
  )
  api.get('/exec/:session', { schema: connect }, ({ params, requestDetails }) =>
    connectTerminal(sessions, params.session, requestDetails),
  )
}

/** Routes that every service has: liveness, readiness, version. */

import { Unavailable } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'
import { findProgramVersion } from './program/version.ts'
import type { Api, RouteSchema } from './route.ts'

const ping = {
  summary: 'Ping',
  operationId: 'ping',
  tag: 'Process',
  isPublic: true,
  isProbe: true,
  produces: 'text/plain',
  answers: { 200: Type.Literal('pong', { description: 'The process responds.' }) },
} satisfies RouteSchema

const getVersion = {
  summary: 'Version',
  operationId: 'getVersion',
  tag: 'Process',
  isPublic: true,
  answers: {
    200: Type.Object(
      { version: Type.String(), githash: Type.String(), buildstamp: Type.String() },
      {
        $id: 'Version',
        description: 'The version of the packaging, else of git, else `unknown`.',
        examples: [
          { version: '0.1.0', githash: '2d5a9e6c1b7f4f0e8a3d9c5b6e7f8a9b0c1d2e3f', buildstamp: '2026-11-23T15:00:00Z' },
        ],
      },
    ),
  },
} satisfies RouteSchema

const healthz = {
  summary: 'Alive',
  operationId: 'getHealth',
  tag: 'Process',
  isPublic: true,
  isProbe: true,
  answers: {
    200: Type.Object({ status: Type.Literal('alive') }, { $id: 'Health', description: 'The process is alive.' }),
  },
} satisfies RouteSchema
const readyz = {
  summary: 'Ready',
  operationId: 'getReadiness',
  tag: 'Process',
  isPublic: true,
  isProbe: true,
  answers: {
    200: Type.Object(
      {
        status: Type.Literal('ready'),
        runtime: Type.Optional(
          Type.String({
            description: 'The container runtime of local accounts: `docker`, `podman` or `simulated`.',
          }),
        ),
      },
      {
        $id: 'Readiness',
        description:
          'The process may receive traffic: the store responds and accepts writes, the engine of local accounts is open and can write, and the process is not stopping.',
      },
    ),
  },
  problems: ['ShuttingDown', 'StoreUnavailable', 'EngineUnavailable'],
} satisfies RouteSchema

interface Readiness {
  /** @throws Unavailable `StoreUnavailable` */
  checkStore: () => Promise<void>
  /** @throws Error when the engine of local accounts cannot write its state */
  checkEngine: () => Promise<void>
  /** The container runtime of local accounts; undefined without local accounts. */
  runtime: () => Promise<string | undefined>
}

export function basicRoutes<Account>(
  api: Api<Account>,
  rootApi: Api<Account>,
  { checkStore, checkEngine, runtime }: Readiness,
) {
  api.get('/ping', { schema: ping }, () => 'pong')
  api.get('/version', { schema: getVersion }, () => findProgramVersion())
  rootApi.get('/healthz', { schema: healthz }, () => ({ status: 'alive' }))
  rootApi.get('/readyz', { schema: readyz }, async ({ signal }) => {
    signal.throwIfAborted()
    await checkStore()
    await checkEngine().catch((error: unknown) => {
      throw new Unavailable('EngineUnavailable', 'The engine of local accounts cannot write its state.', {
        next: 'Check whether the disk of the data folder is full.',
        retryAfterSeconds: 1,
        cause: error,
      })
    })
    const name = await runtime()
    return { status: 'ready', ...(name !== undefined && { runtime: name }) }
  })
}

import type { Plan } from '@ecs-api/client'
import type { ApiRequest } from '../actions.ts'
import { client } from './client.ts'

/** Asks the gateway for the plan of a change: the response to its request with `?dryRun=true`. */
export const requestPlan = ({ method, path, body }: ApiRequest, signal?: AbortSignal) =>
  client.request<Plan>(method, path, { body, query: { dryRun: true }, signal })

/** An operation of openapi.json, and its parts (OpenAPI 3.1). */
import type { Json, Reference } from './components.ts'

export interface Operation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  security?: never[]
  parameters: (Parameter | Reference)[]
  requestBody?: { required: boolean; content: Record<string, Content> }
  responses: Record<string, Response | Reference>
  /** The codes of all problems of the operation, ordered by status. */
  'x-problems': string[]
  /** The events of its stream as `{id, event, data}`; JSON Schema has no place for them. */
  'x-event-stream'?: { oneOf: Json[] }
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: Json
}

export interface Content {
  schema: Json
  examples?: Record<string, { value: unknown }>
}

export interface Response {
  description: string
  headers?: Record<string, Reference>
  content?: Record<string, Content>
}

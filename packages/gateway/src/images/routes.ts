/** The route of the images on this machine. */
import type { Account } from '../aws/account.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { Type } from '../typebox/type.ts'
import { listImages } from './list.ts'

const image = Type.Object(
  {
    name: Type.String({ description: 'The name that a task definition can use.' }),
    createdAt: Type.String({ format: 'date-time' }),
    sizeBytes: Type.Integer(),
  },
  {
    $id: 'Image',
    examples: [{ name: 'localhost/web:1', createdAt: '2026-11-30T02:00:00.000Z', sizeBytes: 4_210_688 }],
  },
)

const list = {
  summary: 'List images on this machine',
  operationId: 'listImages',
  description:
    'The images that Docker or Podman has on the machine of the gateway, so that a task runs them without a registry. ' +
    'Only an account of the embedded engine whose containers are real has them.',
  tag: 'Accounts',
  query: pageQuery,
  answers: { 200: listSchema('ImageList', image) },
  problems: ['NoLocalImages', 'RuntimeUnreachable'],
} satisfies RouteSchema

export function imageRoutes(api: Api<Account>): void {
  api.get('/:account/images', { schema: list }, ({ account, query }) => listImages(account, query))
}

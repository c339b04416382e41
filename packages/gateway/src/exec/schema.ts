/** The request for a session in a container, and its two responses. */
import type { Static } from 'typebox'
import { Type } from '../typebox/type.ts'

const command = Type.Union(
  [Type.String({ minLength: 1, maxLength: 8192 }), Type.Array(Type.String({ maxLength: 8192 }), { minItems: 1 })],
  {
    $id: 'ExecCommand',
    description:
      'A text is split into words as a shell splits it, and no shell runs it. A list has the words as they are.',
    examples: ['/bin/sh', ['ls', '-l', 'my files']],
  },
)
const terminalLength = (dimension: string, defaultLength: number) =>
  Type.Integer({ minimum: 1, maximum: 1000, description: `The terminal’s ${dimension}; ${defaultLength} by default.` })

export const execRequestSchema = Type.Object(
  {
    container: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'Needed where the task has several containers.' }),
    ),
    command,
    interactive: Type.Optional(
      Type.Boolean({
        description: '`false` runs the command to its end and returns its output. By default a terminal is opened.',
      }),
    ),
    columns: Type.Optional(terminalLength('width in characters', 80)),
    rows: Type.Optional(terminalLength('height in lines', 24)),
  },
  {
    $id: 'ExecRequest',
    additionalProperties: false,
    examples: [
      { container: 'web', command: '/bin/sh', columns: 120, rows: 40 },
      { interactive: false, command: ['env'] },
    ],
  },
)
export type ExecRequest = Static<typeof execRequestSchema>

export const terminalSchema = Type.Object(
  {
    id: Type.String({ description: 'The id of the session, also in the audit log.' }),
    url: Type.String({
      description: 'The path of a WebSocket with the subprotocol `ecs-api.exec.v1`, good for one connection. A secret.',
    }),
    expiresAt: Type.String({ format: 'date-time', description: 'The client must connect before this time.' }),
  },
  {
    $id: 'ExecTerminal',
    description: 'A session that waits for its WebSocket.',
    examples: [
      {
        id: '4f1f2a38-2f7d-4b7e-9a44-0d7a4be4c1a7',
        url: '/v1/ecs/exec/2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P',
        expiresAt: '2026-11-23T15:01:00.000Z',
      },
    ],
  },
)

export const commandResultSchema = Type.Object(
  {
    output: Type.String({ description: 'Standard output and standard error together, as a terminal shows them.' }),
    exitCode: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Null when the container has no shell to report it.',
    }),
    truncated: Type.Boolean({ description: 'The output had more than 1 MiB; the first 1 MiB is here.' }),
  },
  {
    $id: 'ExecResult',
    description: 'A command that has ended.',
    examples: [{ output: 'PATH=/usr/bin\r\n', exitCode: 0, truncated: false }],
  },
)
export type CommandResult = Static<typeof commandResultSchema>

/**
 * Generates the types of the client from the OpenAPI document with openapi-typescript. That package calls the compiler
 * of TypeScript 5, which is installed for the client's package: TypeScript 7 has no API to call.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

export const clientTypesFile = new URL('../packages/client/src/api.ts', import.meta.url)

const requireFromClient = createRequire(new URL('../packages/client/package.json', import.meta.url))

export interface ClientDocument {
  components: { headers: Record<string, { required?: boolean }> }
  paths: Record<string, Record<string, { operationId?: string }>>
}

interface Generator {
  default: (document: object) => Promise<unknown>
  astToString: (ast: unknown) => string
}

/** @returns the formatted text of packages/client/src/api.ts */
export async function clientTypes(document: ClientDocument): Promise<string> {
  const { default: generate, astToString } = requireFromClient('openapi-typescript') as Generator
  const types = removePaths(astToString(await generate(document)))
  return formatText(
    [
      '// Made by `npm run client` from the gateway’s openapi.json. Do not edit.',
      allowOtherValues(markOptionalHeaders(types, document)),
      operationIds(document),
    ].join('\n'),
  )
}

/** An interface with the id of the operation of each method and path, without the prefix `/v1/ecs`. */
function operationIds({ paths }: ClientDocument): string {
  const members = Object.entries(paths).flatMap(([path, methods]) =>
    path.startsWith('/v1/ecs/')
      ? Object.entries(methods).flatMap(([method, { operationId }]) =>
          operationId === undefined
            ? []
            : [`  '${method.toUpperCase()} ${path.slice('/v1/ecs'.length)}': '${operationId}'`],
        )
      : [],
  )
  return `export interface operationIds {\n${members.join('\n')}\n}\n`
}

/** Removes the interface `paths`, because the client uses the operations by their ids. */
function removePaths(text: string): string {
  const begin = text.indexOf('export interface paths {')
  const end = text.indexOf('\nexport type webhooks')
  if (begin < 0 || end < begin) throw new Error('The generated types have no `paths` in front of `webhooks`.')
  return text.slice(0, begin) + text.slice(end + 1)
}

/** Marks the headers as optional that the document does not require: the generator makes all of them required. */
function markOptionalHeaders(text: string, { components }: ClientDocument): string {
  return text.replace(/: (components\["headers"\]\["(\w+)"\])/g, (whole, type: string, name: string) =>
    components.headers[name]?.required ? whole : `?: ${type}`,
  )
}

/**
 * Replaces `string` in unions by `string & {}`. TypeScript would reduce `'A' | 'B' | string` to `string`; so editors
 * still suggest the values, and any other text is accepted.
 */
function allowOtherValues(text: string): string {
  return text.replaceAll(/(\)|\["\w+"\]|: "[^"]+") \| string;/g, '$1 | (string & {});')
}

function formatText(text: string): string {
  const { status, stdout, stderr } = spawnSync('biome', ['format', '--stdin-file-path=packages/client/src/api.ts'], {
    input: text,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`biome format failed: ${stderr}`)
  return stdout
}

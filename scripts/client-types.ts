/**
 * The types of the client, made from the OpenAPI document by openapi-typescript. It needs the compiler of TypeScript 5,
 * which the client's package brings with it, because TypeScript 7 has no such interface.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

export const clientTypesFile = new URL('../packages/client/src/api.ts', import.meta.url)

const fromClient = createRequire(new URL('../packages/client/package.json', import.meta.url))

export interface ClientDocument {
  components: { headers: Record<string, { required?: boolean }> }
}

interface Generator {
  default: (document: object) => Promise<unknown>
  astToString: (ast: unknown) => string
}

/** @returns the formatted text of packages/client/src/api.ts */
export async function clientTypes(document: ClientDocument): Promise<string> {
  const { default: generate, astToString } = fromClient('openapi-typescript') as Generator
  const text = astToString(await generate(document))
  return formatted(
    `// Made by \`npm run client\` from the gateway’s openapi.json. Do not edit.\n${openEnums(optionalHeaders(withoutPaths(text), document))}`,
  )
}

/** Removes the list of paths: the client uses the operations by their ids. */
function withoutPaths(text: string): string {
  const begin = text.indexOf('export interface paths {')
  const end = text.indexOf('\nexport type webhooks')
  if (begin < 0 || end < begin) throw new Error('The generated types have no `paths` in front of `webhooks`.')
  return text.slice(0, begin) + text.slice(end + 1)
}

/** The generator takes each header that the document refers to for one that is always there. */
function optionalHeaders(text: string, { components }: ClientDocument): string {
  return text.replace(/: (components\["headers"\]\["(\w+)"\])/g, (whole, type: string, name: string) =>
    components.headers[name]?.required ? whole : `?: ${type}`,
  )
}

/** An editor reads `'A' | 'B' | string` as `string`. With `string & {}` it offers the values, and accepts any other. */
function openEnums(text: string): string {
  return text.replaceAll(/(\)|\["\w+"\]|: "[^"]+") \| string;/g, '$1 | (string & {});')
}

function formatted(text: string): string {
  const { status, stdout, stderr } = spawnSync('biome', ['format', '--stdin-file-path=packages/client/src/api.ts'], {
    input: text,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`biome format failed: ${stderr}`)
  return stdout
}

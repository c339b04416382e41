import { readFile } from 'node:fs/promises'
import type { Method } from '@ecs-api/client'
import { throwUnreadable } from '../body-file.ts'
import type { CommandInput } from '../command.ts'
import { UsageError } from '../errors.ts'
import { printableJson } from '../out/printable.ts'
import { readStandardInput } from '../standard-input.ts'

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

interface ListPage {
  items: unknown[]
  nextCursor: string | null
}

/** Sends any request of the API with the context's account, and prints the response unchanged. */
export async function callApi({ client, target, accountName, args, flags, out, signal }: CommandInput): Promise<void> {
  const [methodText = '', path = ''] = args
  const method = methodText.toUpperCase()
  if (!methods.includes(method)) throw new UsageError(`"${methodText}" is not a method: ${methods.join(', ')}.`)
  const body = await parseBody(flags.text('data'), signal)
  const fullPath = await completePath(path, accountName, target.cluster)
  const request = (query: Record<string, unknown>) =>
    client.request<unknown>(method as Method, fullPath, { query, ...(body !== undefined && { body }) })
  let response = await request({})
  if (flags.isSet('all') && isPage(response)) {
    const { items } = response
    for (let cursor = response.nextCursor; cursor !== null; ) {
      const page = (await request({ cursor })) as ListPage
      items.push(...page.items)
      cursor = page.nextCursor
    }
    response = { ...response, nextCursor: null }
  }
  if (typeof response === 'string') return out.raw(response.endsWith('\n') ? response : `${response}\n`)
  await (out.isForPeople ? out.line(printableJson(response, 2)) : out.data(response))
}

/** Completes a path: puts `services/www` in the context's cluster and `clusters` in its account; keeps `/v1/ecs/me`. */
async function completePath(
  path: string,
  accountName: () => Promise<string>,
  cluster: string | undefined,
): Promise<string> {
  if (path.startsWith('/')) return path
  if (/^v\d+\//.test(path)) return `/${path}`
  const [first = ''] = path.split(/[/?]/)
  if (/^(accounts|tokens|audit|me|version|ping)$/.test(first)) return `/v1/ecs/${path}`
  const account = await accountName()
  const isWithinCluster = /^(services|tasks)\/[^/?]+/.test(path)
  if (!isWithinCluster) return `/v1/ecs/${account}/${path}`
  if (cluster === undefined) throw new UsageError(`Which cluster? Write clusters/NAME/${path}, or add --cluster NAME.`)
  return `/v1/ecs/${account}/clusters/${cluster}/${path}`
}

async function parseBody(text: string | undefined, signal: AbortSignal): Promise<unknown> {
  if (text === undefined) return undefined
  const json = text === '@-' ? await readStandardInput(signal) : text.startsWith('@') ? await readFileOf(text) : text
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new UsageError(`-d is not JSON: ${(error as Error).message}`)
  }
}

const readFileOf = (text: string) => readFile(text.slice(1), 'utf8').catch(throwUnreadable(`-d ${text}`))

function isPage(value: unknown): value is ListPage {
  return typeof value === 'object' && value !== null && 'items' in value && 'nextCursor' in value
}

/** The resource whose name resembles the one that does not exist, for the line below the error. */
import { type AccountClient, isProblem } from '@ecs-api/client'
import type { Input } from './command.ts'
import { CliError } from './errors.ts'
import { nearestOf } from './nearest.ts'

const maxMs = 2000

/** The names that there are, and the one that was typed. */
type Search = (account: AccountClient, input: Input, signal: AbortSignal) => Promise<[typed: string, names: string[]]>

const searches: Readonly<Record<string, Search>> = {
  ServiceNotFound: async ({ services }, { args: [first = ''], target }, signal) => {
    const [name = '', cluster = target.cluster ?? ''] = first.split('/').reverse()
    const { items } = await services.page({ cluster, limit: 1000, signal })
    return [name, items.map((service) => service.name)]
  },
  ClusterNotFound: async ({ clusters }, { args: [first = ''], target }, signal) => {
    const typed = first.includes('/') ? first.split('/').at(-2) : (target.cluster ?? first)
    return [typed ?? '', (await clusters.page({ limit: 1000, signal })).items.map(({ name }) => name)]
  },
  TaskDefinitionNotFound: async ({ taskDefinitions }, { args: [first = ''], flags }, signal) => {
    const typed = (flags.text('task-definition') ?? first).replace(/:\d+$/, '')
    const { items } = await taskDefinitions.page({ latest: true, limit: 1000, signal })
    return [typed, items.map(({ family }) => family)]
  },
}

/** Undefined when nothing resembles it. It never fails: the error itself is what counts. */
export async function findNearest(error: unknown, input: Input): Promise<string | undefined> {
  const cause = error instanceof CliError ? error.cause : error
  const search = isProblem(cause) ? searches[cause.code] : undefined
  if (search === undefined || input.out.wantsJson) return undefined
  try {
    const signal = AbortSignal.any([input.signal, AbortSignal.timeout(maxMs)])
    const [typed, names] = await search(await input.account(), input, signal)
    return nearestOf(typed, names, 1)[0]
  } catch {
    return undefined
  }
}

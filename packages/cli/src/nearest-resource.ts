/** Finds a resource with a name similar to one that does not exist, for `Did you mean …?`. */
import { type AccountClient, isProblem } from '@ecs-api/client'
import type { CommandInput } from './command.ts'
import { CliError } from './errors.ts'
import { similarNames } from './nearest.ts'

const maxSearchMs = 2000

/** Reads the names that exist. @returns the typed name and the existing names */
type NameSearch = (
  account: AccountClient,
  input: CommandInput,
  signal: AbortSignal,
) => Promise<[typed: string, names: string[]]>

/** The search for each problem code. */
const searches: Readonly<Record<string, NameSearch>> = {
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

/** @returns undefined when no name is similar, or when the search fails: the original error is reported in any case */
export async function findSimilarName(error: unknown, input: CommandInput): Promise<string | undefined> {
  const cause = error instanceof CliError ? error.cause : error
  const search = isProblem(cause) ? searches[cause.code] : undefined
  if (search === undefined || input.out.wantsJson) return undefined
  try {
    const signal = AbortSignal.any([input.signal, AbortSignal.timeout(maxSearchMs)])
    const [typed, names] = await search(await input.account(), input, signal)
    return similarNames(typed, names, 1)[0]
  } catch {
    return undefined
  }
}

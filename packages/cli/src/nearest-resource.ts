/** The resource whose name resembles the one that does not exist, for the line below the error. */
import { type AccountClient, isProblem } from '@ecs-api/client'
import type { Input } from './command.ts'
import { CliError } from './errors.ts'
import { nearestOf } from './nearest.ts'

const maxMs = 2000

type Search = (account: AccountClient, input: Input, signal: AbortSignal) => Promise<string[]>

const serviceNames: Search = async ({ services }, { target }, signal) => {
  const { items } = await services.page({ limit: 1000, signal })
  return items.flatMap(({ cluster, name }) => [`${cluster}/${name}`, ...(cluster === target.cluster ? [name] : [])])
}

/** By code: the names, and the text that was typed in their place. */
const searches: Readonly<Record<string, [Search, (input: Input) => string | undefined]>> = {
  ServiceNotFound: [serviceNames, ({ args }) => args[0]],
  ClusterNotFound: [
    async ({ clusters }, _, signal) => (await clusters.page({ limit: 1000, signal })).items.map(({ name }) => name),
    ({ args: [first = ''], target }) => (first.includes('/') ? first.split('/').at(-2) : (target.cluster ?? first)),
  ],
  TaskDefinitionNotFound: [
    async ({ taskDefinitions }, _, signal) =>
      (await taskDefinitions.page({ latest: true, limit: 1000, signal })).items.map(({ family }) => family),
    ({ args, flags }) => (flags.text('task-definition') ?? args[0])?.replace(/:\d+$/, ''),
  ],
}

/** Undefined when nothing resembles it. It never fails: the error itself is what counts. */
export async function findNearest(error: unknown, input: Input): Promise<string | undefined> {
  const cause = error instanceof CliError ? error.cause : error
  const [search, typedIn] = (isProblem(cause) && searches[cause.code]) || []
  const typed = typedIn?.(input)
  if (search === undefined || typed === undefined || input.out.wantsJson) return undefined
  try {
    const signal = AbortSignal.any([input.signal, AbortSignal.timeout(maxMs)])
    const names = await search(await input.account(), input, signal)
    return nearestOf(typed, names, 1)[0]
  } catch {
    return undefined
  }
}

import type { Account } from '../aws/account.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import { NotFound, Unavailable } from '../problems/problem.ts'

export interface ImageOfMachine {
  name: string
  createdAt: string
  sizeBytes: number
}

/**
 * The images on this machine, by name.
 * @throws NotFound `NoLocalImages` for an account whose tasks do not run in containers on this machine
 * @throws Unavailable `RuntimeUnreachable` when the container runtime does not answer
 */
export async function listImages(
  { name, runtime, localRuntime }: Pick<Account, 'name' | 'runtime' | 'localRuntime'>,
  query: PageQuery,
): Promise<Page<ImageOfMachine>> {
  const images = await localRuntime?.listImages().catch((cause: Error) => {
    const reason = cause.message.replace(/\.$/, '')
    throw new Unavailable('RuntimeUnreachable', `The container runtime ${runtime} does not answer: ${reason}.`, {
      cause,
    })
  })
  if (!images)
    throw new NotFound(
      'NoLocalImages',
      runtime === 'simulated'
        ? `Containers of the account ${name} are simulated, so they need no images.`
        : `Tasks of the account ${name} run on AWS, which pulls their images.`,
    )
  const items = images.map(({ createdAt, ...image }) => ({ ...image, createdAt: new Date(createdAt).toISOString() }))
  return pageOf(items, { key: (image) => [image.name] }, query)
}

/** Next steps after a failed pull on the embedded engine: which images of this machine need no registry. */
import type { Account } from '../aws/account.ts'
import type { Finding } from './diagnosis.ts'
import { simulatedContainersStep, useLocalImageStep } from './reason-causes.ts'

const maxNamed = 3

/** Names up to three images of this machine in the steps of causes that advise to use one. */
export async function withLocalImages(
  { runtime, localRuntime }: Pick<Account, 'runtime' | 'localRuntime'>,
  findings: readonly Finding[],
): Promise<Finding[]> {
  const advisesLocalImage = ({ cause }: Finding) => cause.nextForLocalAccounts?.includes(useLocalImageStep) ?? false
  if (!localRuntime || !findings.some(advisesLocalImage)) return [...findings]
  const images = await localRuntime.listImages().catch(() => undefined)
  return findings.map((finding) => {
    if (!advisesLocalImage(finding)) return finding
    const { nextForLocalAccounts = [] } = finding.cause
    const step = images && stepOf(nearestFirst(images, finding).slice(0, maxNamed), images.length)
    return {
      ...finding,
      cause: {
        ...finding.cause,
        nextForLocalAccounts: nextForLocalAccounts
          .map((text) => (text === useLocalImageStep ? (step ?? text) : text))
          .filter((text) => runtime !== 'simulated' || text !== simulatedContainersStep),
      },
    }
  })
}

type LocalImage = { name: string; createdAt: number }

/** Images whose repository is named in the evidence come first, then the newest. */
function nearestFirst<T extends LocalImage>(images: readonly T[], { evidence }: Finding): T[] {
  const isNamed = ({ name }: T) => {
    const repository = name.replace(/(:[^:/]+)?$/, '').replace(/^.*\//, '')
    return evidence.some(({ text }) => text.includes(`/${repository}:`) || text.includes(`/${repository}@`))
  }
  return [...images].sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)) || b.createdAt - a.createdAt)
}

function stepOf(images: readonly LocalImage[], count: number): string {
  if (images.length === 0) return 'This machine has no image yet: `docker build` makes one, which needs no registry.'
  const names = images.map(({ name }) => `\`${name}\``)
  const listed = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  const note = count > images.length ? `; \`docker images\` lists all ${count}` : ''
  return `Use an image of this machine, which needs no registry: ${listed}${note}.`
}

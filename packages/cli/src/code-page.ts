/** Reads the gateway's documentation page about a problem code or a cause code, as text for a terminal. */
import { createClient, isProblem } from '@ecs-api/client'
import { createTransport } from './context/connect.ts'
import { findTarget, type TargetSources } from './context/target.ts'
import { CliError, exitCode } from './errors.ts'
import { printableLine } from './out/printable.ts'

/** ECS's API reference, "Task", `stopCode`. */
const stopCodes: Readonly<Record<string, string>> = {
  TaskFailedToStart: 'the task did not start, for example because its image could not be pulled.',
  EssentialContainerExited: 'an essential container of the task exited, and then the task stops.',
  UserInitiated: 'somebody stopped the task.',
  ServiceSchedulerInitiated:
    'the service stopped the task, for a deployment, a smaller count or a failed health check.',
  SpotInterruption: 'AWS took back the Spot capacity.',
  TerminationNotice: 'the machine of the task was about to be terminated.',
}

/** Sends no token, because the pages are public. @throws CliError with exit code 5 for an unknown code */
export async function readCodePage(code: string, sources: TargetSources, signal: AbortSignal): Promise<string> {
  const target = findTarget(sources)
  const { url } = target
  const client = createClient({ url, fetch: createTransport(target) })
  const texts: string[] = []
  // Some codes, such as DeploymentFailed, are those of a cause and of a problem.
  for (const kind of ['causes', 'problems'] as const) {
    try {
      const page = await client.request<string>('GET', `/docs/${kind}/${encodeURIComponent(code)}`, { signal })
      texts.push(`${textOf(page)}\n\n${url}/docs/${kind}/${code}`)
    } catch (error) {
      if (!isProblem(error) || error.status !== 404) throw error
    }
  }
  if (texts.length > 0) return texts.join('\n\n')
  const stopCode = stopCodes[code]
  if (stopCode !== undefined)
    return `${code} is a stop code of ECS: ${stopCode}\n\nWhy a task stopped: ecs-api why TASK`
  throw new CliError(
    exitCode.notFound,
    `No problem and no cause has the code ${code}.`,
    `All codes: ${url}/docs/problems and ${url}/docs/causes`,
  )
}

/** The text of the page's `<main>` element without tags: one line for each block element. */
function textOf(html: string): string {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? html
  return main
    .replace(/<(style|script|nav)[\s\S]*?<\/\1>/g, '')
    .replace(/<\/(h\d|p|li|tr|dt|dd|pre|div|section)>|<br>/g, '\n')
    .replace(/<\/t[dh]>/g, '  ')
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .split('\n')
    .map((line) => printableLine(line).trim())
    .filter((line, i, all) => line !== '' || all[i - 1] !== '')
    .join('\n')
    .trim()
}

/** The gateway's page of a problem or a cause, as text for a terminal. */
import { createClient, isProblem } from '@ecs-api/client'
import { nodeTransport } from '@ecs-api/client/node'
import { findTarget, type TargetSources } from './context/target.ts'
import { CliError } from './errors.ts'
import type { Out } from './out/out.ts'
import { printable } from './out/printable.ts'

/** The pages are public, so no token is sent. @throws CliError with exit code 5 when neither a problem nor a cause has it */
export async function codePage(code: string, sources: TargetSources & { out: Out }): Promise<string> {
  const { url } = findTarget(sources)
  const client = createClient({ url, fetch: nodeTransport() })
  for (const kind of ['problems', 'causes'] as const) {
    try {
      const page = await client.request<string>('GET', `/docs/${kind}/${encodeURIComponent(code)}`)
      return `${textOf(page)}\n\n${url}/docs/${kind}/${code}`
    } catch (error) {
      if (!isProblem(error) || error.status !== 404) throw error
    }
  }
  throw new CliError(
    5,
    `No problem and no cause has the code ${code}.`,
    `All codes: ${url}/docs/problems and ${url}/docs/causes`,
  )
}

/** The text of the page's main part: its tags removed, one line for each block. */
function textOf(html: string): string {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? html
  return main
    .replace(/<(style|script|nav)[\s\S]*?<\/\1>/g, '')
    .replace(/<\/(h\d|p|li|tr|dt|dd|pre|div|section)>|<br>/g, '\n')
    .replace(/<\/t[dh]>/g, '  ')
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .split('\n')
    .map((line) => printable(line).trim())
    .filter((line, i, all) => line !== '' || all[i - 1] !== '')
    .join('\n')
    .trim()
}

import { spawn } from 'node:child_process'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'

interface OneTimeCode {
  oneTimeCode: string
  expiresAt: string
}

/**
 * Prints the address of the console or of a service's page, and opens it. A one-time code in it signs the browser in.
 */
export async function open(input: CommandInput): Promise<void> {
  const { client, target, out, args, flags } = input
  const page = args[0] === undefined ? '/' : await servicePage(input, args[0])
  const { oneTimeCode, expiresAt } = await client.request<OneTimeCode>('POST', '/session/codes')
  const address = new URL(`${page}#code=${oneTimeCode}`, target.url).href
  // `line` does not break the address at the width of the terminal.
  await (out.isForPeople ? out.line(address) : out.valueOrLines({ address, expiresAt }, [address], { name: address }))
  if (out.stdoutIsTerminal && !flags.isSet('print')) startBrowser(address)
}

/** The path of a service's page in the console. */
async function servicePage(input: CommandInput, reference: string): Promise<string> {
  const { ref } = await findService(input, reference)
  const parts = reference.split('/')
  const account = await input.accountName(parts.length === 3 ? parts[0] : undefined)
  const [accountSegment, cluster, service] = [account, ref.cluster, ref.name].map(encodeURIComponent)
  return `/console/${accountSegment}/clusters/${cluster}/services/${service}`
}

/** Does nothing on a machine without a desktop, which has no such program. The address is printed in any case. */
function startBrowser(address: string): void {
  const programs: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer.exe' }
  const browser = spawn(programs[process.platform] ?? 'xdg-open', [address], { detached: true, stdio: 'ignore' })
  browser.on('error', () => {})
  browser.unref()
}

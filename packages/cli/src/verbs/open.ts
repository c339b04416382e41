import { spawn } from 'node:child_process'
import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'

interface OneTimeCode {
  oneTimeCode: string
  expiresAt: string
}

/** Opens the console, or a service's page, in a browser that a one-time code signs in. Prints the address. */
export async function open(input: Input): Promise<void> {
  const { client, target, out, args, flags } = input
  const page = args[0] === undefined ? '/' : await pageOf(input, args[0])
  const { oneTimeCode, expiresAt } = await client.request<OneTimeCode>('POST', '/session/codes')
  const address = new URL(`${page}#code=${oneTimeCode}`, target.url).href
  // An address that is broken at the width of the terminal opens nothing.
  await (out.isForPeople ? out.line(address) : out.value({ address, expiresAt }, [address], address))
  if (out.stdoutIsTerminal && !flags.isSet('print')) startBrowser(address)
}

async function pageOf(input: Input, text: string): Promise<string> {
  const { ref } = await findService(input, text)
  const parts = text.split('/')
  const account = await input.accountName(parts.length === 3 ? parts[0] : undefined)
  const { cluster, name } = ref as { cluster: string; name: string }
  const [inAccount, inCluster, service] = [account, cluster, name].map(encodeURIComponent)
  return `/console/${inAccount}/clusters/${inCluster}/services/${service}`
}

/** A machine without a desktop has no such program: the address is on the screen. */
function startBrowser(address: string): void {
  const programs: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer.exe' }
  const browser = spawn(programs[process.platform] ?? 'xdg-open', [address], { detached: true, stdio: 'ignore' })
  browser.on('error', () => {})
  browser.unref()
}

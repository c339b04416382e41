/**
 * The file with the gateway's address in the data folder, beside its token. The command line sends the token of a
 * folder only to the address beside it. The file also has the process id and the host's name: a killed gateway leaves
 * the file behind, and another process may then listen at its address.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

export async function writeUrlFile(data: string, url: string): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  await writeFile(pathIn(data), contentOf(url), { mode: 0o600 })
}

/** Removes the file, unless another process has stored its address since. */
export async function removeUrlFile(data: string, url: string): Promise<void> {
  const stored = await readFile(pathIn(data), 'utf8').catch(() => undefined)
  if (stored === contentOf(url)) await rm(pathIn(data), { force: true }).catch(() => {})
}

const pathIn = (data: string) => join(data, 'url')
const contentOf = (url: string) => `${url}\n${process.pid} ${hostname()}\n`

/** What the configuration's PEM files must be, so that a wrong one is told by its key instead of in OpenSSL's words when it is used. */
import { type ConfigurationFault, isRecord } from './faults.ts'

/** Of `tls` and each account's `ca`, as far as they could be read. */
export async function certificateFaults(
  tls: unknown,
  accounts: Readonly<Record<string, unknown>>,
): Promise<ConfigurationFault[]> {
  const faults: ConfigurationFault[] = []
  if (isRecord(tls)) faults.push(...(await tlsFaults(tls)))
  for (const [name, account] of Object.entries(accounts))
    if (isRecord(account) && typeof account.ca === 'string' && !(await isCertificate(account.ca)))
      faults.push({ path: `accounts.${name}.ca`, message: noCertificate })
  return faults
}

const noCertificate = 'expected a certificate in PEM'

async function tlsFaults({ cert, key }: Record<string, unknown>): Promise<ConfigurationFault[]> {
  if (typeof cert !== 'string' || typeof key !== 'string') return []
  const { createSecureContext } = await import('node:tls')
  const isTaken = (given: { cert?: string; key?: string }) => {
    try {
      createSecureContext(given)
      return true
    } catch {
      return false
    }
  }
  const faults = [
    ...(isTaken({ cert }) ? [] : [{ path: 'tls.cert', message: noCertificate }]),
    ...(isTaken({ key }) ? [] : [{ path: 'tls.key', message: 'expected a key in PEM, without a passphrase' }]),
  ]
  if (faults.length > 0 || isTaken({ cert, key })) return faults
  return [{ path: 'tls.key', message: 'is not the key of the certificate tls.cert' }]
}

async function isCertificate(pem: string): Promise<boolean> {
  const { X509Certificate } = await import('node:crypto')
  try {
    new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}

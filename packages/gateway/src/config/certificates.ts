/**
 * Checks the PEM files of the configuration, so that an invalid file is reported at the start with its configuration
 * key. Otherwise its first use would fail with an error of OpenSSL.
 */
import { type ConfigurationFault, isRecord } from './faults.ts'

/** Returns the errors of `tls` and of each account's `ca`, for the files that could be read. */
export async function certificateFaults(
  tls: unknown,
  accounts: Readonly<Record<string, unknown>>,
): Promise<ConfigurationFault[]> {
  const faults: ConfigurationFault[] = []
  if (isRecord(tls)) faults.push(...(await tlsFaults(tls)))
  for (const [name, account] of Object.entries(accounts))
    if (isRecord(account) && typeof account.ca === 'string' && !(await isCertificate(account.ca)))
      faults.push({ path: `accounts.${name}.ca`, message: expectedCertificate })
  return faults
}

const expectedCertificate = 'expected a certificate in PEM'

async function tlsFaults({ cert, key }: Record<string, unknown>): Promise<ConfigurationFault[]> {
  if (typeof cert !== 'string' || typeof key !== 'string') return []
  const { createSecureContext } = await import('node:tls')
  const isAccepted = (options: { cert?: string; key?: string }) => {
    try {
      createSecureContext(options)
      return true
    } catch {
      return false
    }
  }
  const faults = [
    ...(isAccepted({ cert }) ? [] : [{ path: 'tls.cert', message: expectedCertificate }]),
    ...(isAccepted({ key }) ? [] : [{ path: 'tls.key', message: 'expected a key in PEM, without a passphrase' }]),
  ]
  if (faults.length > 0 || isAccepted({ cert, key })) return faults
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

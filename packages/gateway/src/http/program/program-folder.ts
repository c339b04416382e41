/**
 * The files beside the program's code. In a checkout each is where its sources are. In the published package, which has
 * no sources, all are in the folder of its package.json.
 */
import { existsSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { pathToFileURL } from 'node:url'

/** The folder of the package.json that this code belongs to: the gateway's, or the published package's. */
export const packageFolder = new URL('.', pathToFileURL(findPackageJSON(import.meta.url)!))

const checkoutFolders = { docs: '../../docs/', console: '../console/dist/' }

export function programFolder(name: keyof typeof checkoutFolders): URL {
  const isCheckout = existsSync(new URL('src/', packageFolder))
  return new URL(isCheckout ? checkoutFolders[name] : `${name}/`, packageFolder)
}

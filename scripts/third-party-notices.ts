/** The licences of the packages of others that are in a bundle. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Licences whose one condition, for a bundle, is that their text comes with it. */
const allowedLicences = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
]

/**
 * @param files of a bundle
 * @returns Markdown with name, version, licence and notices of each package
 * @throws Error when the licence of a package is not one of those allowed
 */
export function thirdPartyNotices(files: readonly string[]): string {
  const folders = new Set(
    files.flatMap((file) => /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(file)?.[0] ?? []),
  )
  return [...folders].toSorted().map(noticesOf).join('\n')
}

interface Manifest {
  name: string
  version: string
  license?: string
  licenses?: { type: string }[]
}

function noticesOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const { name, version } = manifest
  // npm's manual: old packages have the list `licenses`, of alternatives.
  const license = manifest.license ?? manifest.licenses?.map(({ type }) => type).join(' OR ')
  if (!isAllowed(license))
    throw new Error(
      `${name} ${version} has the licence ${license}, which is not among the licences that a bundle may have.`,
    )
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file) && existsSync(join(folder, file)))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return [`## ${name} ${version} (${license})`, ...texts.map((text) => `\`\`\`text\n${text}\n\`\`\``), ''].join('\n\n')
}

/** @param licence an SPDX expression; of alternatives, one must be allowed */
function isAllowed(licence = ''): boolean {
  const alternatives = licence.replace(/[()]/g, '').split(' OR ')
  return alternatives.some((alternative) => allowedLicences.includes(alternative))
}

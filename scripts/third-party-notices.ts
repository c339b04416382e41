/** Writes the notices with the licences of the third-party packages in a bundle. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Licences that require only one thing of a bundle: it must contain their text. */
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
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file) && statSync(join(folder, file)).isFile())
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return [`## ${name} ${version} (${license})`, ...texts.map((text) => `\`\`\`text\n${text}\n\`\`\``), ''].join('\n\n')
}

/**
 * Evaluates an SPDX expression such as `(MIT OR GPL-3.0-only) AND ISC`, in which AND binds stronger than OR.
 * @returns whether the bundle may contain the package: of alternatives, one must be allowed
 */
function isAllowed(expression = ''): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? []
  const readAlternatives = (): boolean => {
    let isOneAllowed = readConjunction()
    while (tokens[0] === 'OR' && tokens.shift()) isOneAllowed = readConjunction() || isOneAllowed
    return isOneAllowed
  }
  const readConjunction = (): boolean => {
    let areAllAllowed = readLicence()
    while (tokens[0] === 'AND' && tokens.shift()) areAllAllowed = readLicence() && areAllAllowed
    return areAllAllowed
  }
  const readLicence = (): boolean => {
    const token = tokens.shift()
    if (token !== '(') return token !== undefined && allowedLicences.includes(token)
    const isGroupAllowed = readAlternatives()
    return tokens.shift() === ')' && isGroupAllowed
  }
  return readAlternatives() && tokens.length === 0
}

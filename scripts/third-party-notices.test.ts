import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { thirdPartyNotices } from './third-party-notices.ts'

const folder = mkdtempSync(join(tmpdir(), 'ecs-api-notices-'))
after(() => rmSync(folder, { recursive: true }))

/** Writes a package with a licence text, and returns the path of its module. */
function writePackage(name: string, license: string): string {
  const packageFolder = join(folder, 'node_modules', name)
  mkdirSync(join(packageFolder, 'licenses'), { recursive: true })
  writeFileSync(join(packageFolder, 'package.json'), JSON.stringify({ name, version: '1.0.0', license }))
  writeFileSync(join(packageFolder, 'LICENSE'), `The licence of ${name}.`)
  return join(packageFolder, 'index.js')
}

test('the notices have the licence text of each package, also of one with a folder of licences', () => {
  const notices = thirdPartyNotices([writePackage('one', 'MIT'), writePackage('two', '(GPL-3.0-only OR ISC)')])
  assert.match(notices, /## one 1\.0\.0 \(MIT\)[\s\S]*The licence of one\.[\s\S]*## two [\s\S]*The licence of two\./)
})

test('an expression with AND needs all of its licences', () => {
  for (const allowed of ['(MIT OR GPL-3.0-only) AND ISC', 'MIT AND ISC', 'GPL-3.0-only OR MIT AND ISC'])
    assert.match(thirdPartyNotices([writePackage('allowed', allowed)]), /## allowed/, allowed)
  for (const rejected of ['(MIT OR ISC) AND GPL-3.0-only', 'MIT AND GPL-3.0-only', 'GPL-3.0-only', '', '(MIT'])
    assert.throws(() => thirdPartyNotices([writePackage('rejected', rejected)]), /has the licence/, rejected)
})

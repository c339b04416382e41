// Install scripts of dependencies: npm 11 skips those that `allowScripts` does not name, and warns of each at `npm ci`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

test('package.json decides on each dependency that has an install script, and on no other', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>
  }
  const withScripts = Object.entries(packages)
    .filter(([path, { hasInstallScript }]) => hasInstallScript && path.startsWith('node_modules/'))
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
  const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  assert.deepEqual(Object.keys(allowScripts).sort(), [...new Set(withScripts)].sort())
})

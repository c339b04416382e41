import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Creates a folder that is removed after the test. */
export function createDataFolder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'local-aws-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

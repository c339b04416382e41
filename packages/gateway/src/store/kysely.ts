/**
 * Kysely, loaded at its first use: it has 257 modules, and a start on SQLite runs no query of it
 * (docs/decisions/0084). It is loaded synchronously, so that `Store.db` is a property.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export function kysely(): typeof import('kysely') {
  return require('kysely')
}

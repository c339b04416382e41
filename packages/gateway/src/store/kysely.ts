/**
 * Loads Kysely at its first use: it has 257 modules, and a process that starts on SQLite runs no query of Kysely
 * (docs/decisions/0084). Loading is synchronous, so that `Store.db` can be a property.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export function loadKysely(): typeof import('kysely') {
  return require('kysely')
}

/**
 * Ajv for schemas of this service, loaded at its first use: it has 63 modules, and a start needs none of them
 * (docs/decisions/0084).
 */
import { createRequire } from 'node:module'
import type { Ajv, Options } from 'ajv'

const require = createRequire(import.meta.url)

/**
 * A validator that reports all errors. Our own schemas are not validated against the meta-schema, because compiling
 * that costs more than compiling all of them.
 */
export function createAjv(options: Options = {}): Ajv {
  const { Ajv } = require('ajv') as typeof import('ajv')
  return new Ajv({ allErrors: true, strict: false, verbose: true, meta: false, validateSchema: false, ...options })
}

export function addDateTimeFormat(ajv: Ajv): void {
  const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats')
  addFormats.default(ajv, ['date-time'])
}

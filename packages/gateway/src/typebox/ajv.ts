/**
 * Ajv, the validator for the gateway's schemas. It is loaded at its first use, because it has 63 modules that a start
 * does not need (docs/decisions/0084).
 */
import { createRequire } from 'node:module'
import type { Ajv, Options } from 'ajv'

const require = createRequire(import.meta.url)

/**
 * Creates a validator that reports all errors. The gateway's schemas are not validated against the meta-schema, because
 * compiling the meta-schema takes longer than compiling all of them.
 */
export function createAjv(options: Options = {}): Ajv {
  const { Ajv } = require('ajv') as typeof import('ajv')
  return new Ajv({ allErrors: true, strict: false, verbose: true, meta: false, validateSchema: false, ...options })
}

export function addDateTimeFormat(ajv: Ajv): void {
  const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats')
  addFormats.default(ajv, ['date-time'])
}

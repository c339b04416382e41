/** Values of a container in a plan, in the short form that its form fields have. */
import { healthCheckLines, portLines } from '../facts/definition-facts.ts'
import type { Container } from '../forms/container-values.ts'
import { healthCommandText } from '../forms/health-check-values.ts'

/** The health check or the ports in one line; undefined for every other field. */
export function containerValueText(pointer: string, value: unknown): string | undefined {
  // Hidden, or only the number of differing words.
  if (typeof value === 'string') return undefined
  if (/^\/containers\/[^/]+\/healthCheck$/.test(pointer)) return healthCheckLines({ healthCheck: value }).join(', ')
  if (pointer.endsWith('/healthCheck/command')) return healthCommandText(value)
  if (pointer.endsWith('/portMappings'))
    return portLines({ portMappings: value as NonNullable<Container['portMappings']> }).join(', ')
  return undefined
}

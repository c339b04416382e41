import type { Address } from './settings.ts'

export const defaultListen = '127.0.0.1:8000'

/** @param text `HOST:PORT`; an IPv6 address is in brackets */
export function addressOf(text: string): Address {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) }
}

import { randomBytes } from 'node:crypto'

export interface AccessKey {
  accessKeyId: string
  secretAccessKey: string
}

/** `AKIA…` is a long-term key, `ASIA…` a temporary one (IAM User Guide, "Understanding unique ID prefixes"). */
export function newAccessKey(prefix: 'AKIA' | 'ASIA'): AccessKey {
  const characters = Array.from(randomBytes(16), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32])
  return { accessKeyId: prefix + characters.join(''), secretAccessKey: randomBytes(30).toString('base64') }
}

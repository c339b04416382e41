/** The rules of ECS for the names of clusters, services and families, and of the gateway for those of tokens. */

interface NameRule {
  allowed: RegExp
  inWords: string
  maxLength: number
}

const ofResource: NameRule = { allowed: /[\w-]/, inWords: 'letters, digits, - and _', maxLength: 255 }
const ofToken: NameRule = { allowed: /[\w.@-]/, inWords: 'letters, digits, . _ @ and -', maxLength: 63 }

function faultOf(name: string, { allowed, inWords, maxLength }: NameRule): string | undefined {
  const others = [...new Set(name)].filter((character) => !allowed.test(character))
  const listed = others.map((character) => (/\s/.test(character) ? 'a space' : character)).join(' or ')
  if (others.length > 0) return `Use ${inWords} only, not ${listed}.`
  return name.length > maxLength ? `Use at most ${maxLength} characters, not ${name.length}.` : undefined
}

/** Why a cluster, a service or a family cannot have this name; undefined for a possible and for an empty name. */
export const nameFault = (name: string) => faultOf(name, ofResource)

export const tokenNameFault = (name: string) =>
  faultOf(name, ofToken) ?? (/^[._@-]/.test(name) ? 'Begin with a letter or a digit.' : undefined)

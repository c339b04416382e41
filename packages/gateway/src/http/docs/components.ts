/**
 * The named parts of openapi.json. A schema with an `$id` becomes a component of that name, and a reference replaces
 * it. A parameter whose schema has an `$id` becomes an entry of that name in `components.parameters`.
 */
import { isDeepStrictEqual } from 'node:util'

export type Json = Record<string, unknown>

export interface Reference {
  $ref: string
}

type Kind = 'schemas' | 'parameters' | 'responses' | 'headers'

export class Components {
  readonly #otherSchemas: Readonly<Record<string, Json>>
  readonly #parts: Record<Kind, Map<string, object>> = {
    schemas: new Map(),
    parameters: new Map(),
    responses: new Map(),
    headers: new Map(),
  }

  /** @param known further schemas, by name; the document has only those that other parts refer to */
  constructor(known: Readonly<Record<string, Json>>) {
    this.#otherSchemas = known
  }

  /** @throws Error when a different part has the name */
  add(kind: Kind, name: string, part: object): Reference {
    const before = this.#parts[kind].get(name)
    if (before && !isDeepStrictEqual(before, part)) throw new Error(`openapi.json: two ${kind} are named ${name}`)
    this.#parts[kind].set(name, part)
    return { $ref: `#/components/${kind}/${name}` }
  }

  /** The schema, with references in place of those parts of it that have an `$id`. */
  schema(schema: object): Json {
    const parts = Object.entries(schema).map(([key, value]) => [key, key === 'examples' ? value : this.#value(value)])
    const { $id, ...rest }: Json = Object.fromEntries(parts)
    // TypeBox leaves out the type of an enumeration. Client generators would then give it the type `unknown`.
    if (Array.isArray(rest.enum) && rest.enum.every((value) => typeof value === 'string')) rest.type = 'string'
    return typeof $id === 'string' ? { ...this.add('schemas', $id, rest) } : rest
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item))
    return typeof value === 'object' && value !== null ? this.schema(value) : value
  }

  /** All parts in alphabetical order, with only the schemas that the paths and the other components refer to. */
  componentsFor(paths: object): Record<Kind, Record<string, Json>> {
    const { schemas, ...others } = this.#parts
    const wanted = new Set<string>()
    const collect = (part: unknown) => {
      for (const name of schemaNames(part)) {
        if (wanted.has(name)) continue
        wanted.add(name)
        collect(this.#schemaOf(name))
      }
    }
    collect(paths)
    for (const parts of Object.values(others)) for (const part of parts.values()) collect(part)
    return {
      schemas: inOrder([...wanted].map((name) => [name, this.#schemaOf(name)])),
      parameters: inOrder(others.parameters),
      responses: inOrder(others.responses),
      headers: inOrder(others.headers),
    }
  }

  #schemaOf(name: string): object {
    const [added, other] = [this.#parts.schemas.get(name), this.#otherSchemas[name]]
    if (added && other) throw new Error(`openapi.json: two schemas are named ${name}`)
    const found = added ?? other
    if (!found) throw new Error(`openapi.json: no schema is named ${name}`)
    return found
  }
}

function inOrder(parts: Iterable<[name: string, part: object]>): Record<string, Json> {
  return Object.fromEntries([...parts].sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, Json>
}

/** The names of the schemas that a part of the document refers to, at any depth. */
function schemaNames(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(schemaNames)
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string'
      ? (/^#\/components\/schemas\/(.+)$/.exec(value)?.slice(1) ?? [])
      : schemaNames(value),
  )
}

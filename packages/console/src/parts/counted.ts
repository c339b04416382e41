/** A noun with its plural, such as `['service', 'services']`. */
export type Nouns = readonly [one: string, several: string]

export const counted = (count: number, [one, several]: Nouns) => `${count} ${count === 1 ? one : several}`

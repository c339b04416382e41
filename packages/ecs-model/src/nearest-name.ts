/** The word of the list that was most likely meant, or undefined when none is near: at most a third of the letters differ. */
export function nearestName(word: string, words: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  const wanted = word.toLowerCase()
  for (const candidate of words) {
    const distance = editDistance(wanted, candidate.toLowerCase(), least)
    if (distance < least) {
      nearest = candidate
      least = distance
    }
  }
  return nearest
}

/** Nearest names for the first few unknown words of a request: a search compares the word with every known one, and a body can have thousands. */
export class Suggestions {
  #left = 10

  nearest(word: string, words: Iterable<string>): string | undefined {
    if (this.#left === 0) return undefined
    this.#left--
    return nearestName(word, words)
  }
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other; `limit` when it takes that many or more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 100) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return Math.min(last[b.length]!, limit)
}

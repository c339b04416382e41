/**
 * The most similar word of the list, for "did you mean …?". Undefined when more than a third of the letters differ from
 * every word.
 */
export function nearestName(word: string, words: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let best = Math.max(1, Math.floor(word.length / 3)) + 1
  const target = word.toLowerCase()
  for (const candidate of words) {
    const distance = editDistance(target, candidate.toLowerCase(), best)
    if (distance < best) {
      nearest = candidate
      best = distance
    }
  }
  return nearest
}

/**
 * Suggestions for the first ten unknown words of a request. Each search compares a word with every known one, and a
 * body can have thousands of words.
 */
export class Suggestions {
  #remaining = 10

  nearest(word: string, words: Iterable<string>): string | undefined {
    if (this.#remaining === 0) return undefined
    this.#remaining--
    return nearestName(word, words)
  }
}

/** The number of edits (insert, delete, replace, swap neighbours) between two words, at most `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 100) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, beforeLast[j - 2]! + 1)
      row.push(distance)
    }
    beforeLast = last
    last = row
  }
  return Math.min(last[b.length]!, limit)
}

/**
 * The most similar word of the list, for "did you mean …?". Undefined when more than a third of the letters differ from
 * every word.
 */
export function nearestName(word: string, words: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  const target = word.toLowerCase()
  for (const candidate of words) {
    const distance = editDistance(target, candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      nearest = candidate
      bestDistance = distance
    }
  }
  return nearest
}

/**
 * Suggests names for the first ten unknown words of a request, and none for later ones: each search compares a word
 * with every known name, and a body can have thousands of unknown words.
 */
export class LimitedSuggestions {
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
  let rowBeforeLast: number[] = []
  let lastRow = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let distance = Math.min(lastRow[j]! + 1, row[j - 1]! + 1, lastRow[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, rowBeforeLast[j - 2]! + 1)
      row.push(distance)
    }
    rowBeforeLast = lastRow
    lastRow = row
  }
  return Math.min(lastRow[b.length]!, limit)
}

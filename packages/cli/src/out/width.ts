/** Widths in columns of a terminal, and shortening. Names are ASCII, so each character counts as one. */

export const widthOf = (text: string): number => [...text].length

export function shortenEnd(text: string, width: number): string {
  const letters = [...text]
  return letters.length <= width ? text : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** Keeps both ends: the registry of an image and its tag. */
export function shortenMiddle(text: string, width: number): string {
  const letters = [...text]
  if (letters.length <= width) return text
  const tail = Math.max(0, Math.ceil((width - 1) / 2))
  const head = Math.max(0, width - 1 - tail)
  return `${letters.slice(0, head).join('')}…${tail > 0 ? letters.slice(-tail).join('') : ''}`
}

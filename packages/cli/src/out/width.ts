/** Measures and shortens text in columns of a terminal. Each character counts as one column: names are ASCII. */

export const widthOf = (text: string): number => [...text].length

/** Replaces the end with `…`. */
export function shortenEnd(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** Replaces the middle with `…`, so that the registry and the tag of an image stay. */
export function shortenMiddle(text: string, width: number): string {
  const characters = [...text]
  if (characters.length <= width) return text
  const tailWidth = Math.max(0, Math.ceil((width - 1) / 2))
  const headWidth = Math.max(0, width - 1 - tailWidth)
  return `${characters.slice(0, headWidth).join('')}…${tailWidth > 0 ? characters.slice(-tailWidth).join('') : ''}`
}

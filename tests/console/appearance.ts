/** How a page of the console looks in both themes and widths: accessible, nothing cut off. It takes the screenshots. */
import axe from 'axe-core'
import type { Frame, Page } from 'playwright-core'
import { screenshotFolder } from './browser.ts'

interface Violation {
  id: string
  nodes: { html: string; failureSummary?: string }[]
}

export async function axeViolationsIn(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source)
  const { violations } = await frame.evaluate<{ violations: Violation[] }>(
    "axe.run(document, { resultTypes: ['violations'], iframes: false })",
  )
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
}

/** Faults of the page in two themes and two widths: violations of axe's rules, and parts wider than their place. */
export async function faultsOfAppearance(page: Page, name: string): Promise<string[]> {
  const found: string[] = []
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const place = `${name}, ${width} px, ${colorScheme}`
      for (const frame of page.frames())
        for (const violation of await axeViolationsIn(frame)) found.push(`${place}: ${violation}`)
      const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      if (tooWide > 0) found.push(`${place}: the document is ${tooWide} px too wide`)
      const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('dialog[open], dialog[open] *')]
        .filter((part) => !part.matches('input, select, textarea, .visually-hidden') && part.scrollWidth > part.clientWidth + 1
          && getComputedStyle(part).display !== 'inline')
        .map((part) => part.outerHTML.slice(0, 200))`)
      for (const part of cut) found.push(`${place}: cut off in a dialog: ${part}`)
      if (screenshotFolder) await page.screenshot({ path: `${screenshotFolder}/${name}-${width}-${colorScheme}.png` })
    }
  return found
}

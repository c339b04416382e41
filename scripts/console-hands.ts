/** How tests work a page of the console: by mouse, or by keyboard alone. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

/** How a person works the page. */
export interface Hands {
  /** Activates a button or a link. */
  press: (target: Locator) => Promise<void>
  /** Changes a checkbox. */
  toggle: (box: Locator) => Promise<void>
  /** Replaces the text of a field. */
  type: (field: Locator, text: string) => Promise<void>
}

export const mouse: Hands = {
  press: (target) => target.click(),
  toggle: (box) => box.click(),
  type: async (field, text) => {
    await field.click()
    await field.fill(text)
  },
}

// biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
const isFocused = (element: any) => element === element.ownerDocument.activeElement

/** Presses Tab until the target has the focus. A page that does not let it be reached fails the test. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate(isFocused)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Tab does not reach ${target}`)
}

export const keyboard = (page: Page): Hands => ({
  press: async (target) => {
    await tabTo(page, target)
    // A person waits until the button can be pressed, as a click of Playwright does.
    await target.and(page.locator('[aria-disabled="true"]')).waitFor({ state: 'detached' })
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    assert.notEqual(outline, 'none', `the focus on ${target} is not visible`)
    await page.keyboard.press('Enter')
  },
  toggle: async (box) => {
    await tabTo(page, box)
    await page.keyboard.press('Space')
  },
  type: async (field, text) => {
    await tabTo(page, field)
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(text)
  },
})

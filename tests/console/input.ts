/** Ways to use a page of the console in a test: by mouse, or only by keyboard. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

export interface InputMethod {
  /** Activates a button or a link. */
  press: (target: Locator) => Promise<void>
  /** Changes a checkbox. */
  toggle: (box: Locator) => Promise<void>
  /** Replaces the text of a field. */
  type: (field: Locator, text: string) => Promise<void>
}

export const mouse: InputMethod = {
  press: (target) => target.click(),
  toggle: (box) => box.click(),
  type: async (field, text) => {
    await field.click()
    await field.fill(text)
  },
}

/** For `locator.evaluate`: whether the element has the focus in its document. */
// biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
export const isFocused = (element: any) => element === element.ownerDocument.activeElement

/** Presses Tab until the target has the focus. Fails the test when 150 presses do not reach it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate(isFocused)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Tab does not reach ${target}`)
}

export const keyboard = (page: Page): InputMethod => ({
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

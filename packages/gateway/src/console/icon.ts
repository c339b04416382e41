/** The icon of all HTML pages. Browsers ask for it without a token. */
import { etagOf } from '../http/response/etag.ts'
import { FileAnswer } from '../http/response/file-answer.ts'

/** 32×32 pixels: a PNG in an ICO file. */
const bytes = Buffer.from(
  'AAABAAEAICAAAAEAIACWAAAAFgAAAIlQTkcNChoKAAAADUlIRFIAAAAgAAAAIAgGAAAAc3p69AAAAF1JREFUeNpjYMAC5OMv/KcF' +
    'ZiAEaGUxUQ6hl+VYHUFvyzEcMaAOGCjL4Y4Y1A6gFhh1wNB1wGguGLLZcNQBw8cBo7lgyGTDUQcMXweMjFww2i8YFF2zQdE5Haju' +
    'OQBmpuDw6Wr3ogAAAABJRU5ErkJggg==',
  'base64',
)

export const icon = new FileAnswer({ plain: bytes }, 'image/x-icon', etagOf(bytes), {
  'cache-control': 'public, max-age=86400',
})

import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { createLogUpdate } from 'log-update'
import { columnsOf } from '../../text/columns.ts'
import type { Screen } from './screen.ts'

const UP_AND_ERASE = '\u001b[1A\u001b[2K'

/** A terminal on which the last lines are redrawn, without flicker, below everything that was printed. */
export function liveScreen(out: WriteStream): Screen {
  const update = createLogUpdate(out)
  let drawn: readonly string[] = []
  const size = () => ({ width: out.columns || 80, height: out.rows || 24 })

  /** What was drawn for another width: terminals rewrap it, so its lines may take more rows than they had. */
  const forget = () => {
    const { width } = size()
    const rows = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(columnsOf(stripVTControlCharacters(line)) / width)),
      0,
    )
    if (rows > 0) out.write(`\r\u001b[2K${UP_AND_ERASE.repeat(rows)}`)
    update.done()
    drawn = []
  }
  out.on('resize', forget)

  const draw = (lines: readonly string[]) => {
    out.cork()
    // log-update patches in place and leaves what is below a change where it was, which is wrong for another height.
    if (lines.length !== drawn.length) update.clear()
    drawn = lines
    update(lines.join('\n'))
    out.uncork()
  }
  return {
    print(lines) {
      if (lines.length === 0) return
      const below = drawn
      // Written at once, or what is below would flicker.
      out.cork()
      update.clear()
      out.write(`${lines.join('\n')}\n`)
      if (below.length > 0) draw(below)
      out.uncork()
    },
    draw,
    size,
    close() {
      out.off('resize', forget)
      update.clear()
      update.done()
      drawn = []
    },
  }
}

/** Where lines for people go: some stay, the last ones may be redrawn. */
export interface Screen {
  /** Lines that stay, above what is drawn. */
  print: (lines: readonly string[]) => void
  /** Replaces what was drawn before; does nothing where nothing can be replaced. */
  draw: (lines: readonly string[]) => void
  /** Columns and rows now. */
  size: () => { width: number; height: number }
  /** Leaves what is printed, takes away what was drawn. */
  close: () => void
}

const NO_SIZE = { width: 80, height: 24 }

/** Lines only: pipes, files, terminals that cannot move their cursor. */
export function plainScreen(out: NodeJS.WritableStream & { columns?: number; rows?: number }): Screen {
  return {
    print: (lines) => {
      if (lines.length > 0) out.write(`${lines.join('\n')}\n`)
    },
    draw: () => undefined,
    size: () => ({ width: out.columns || NO_SIZE.width, height: out.rows || NO_SIZE.height }),
    close: () => undefined,
  }
}

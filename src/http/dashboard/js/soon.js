// Many reasons to do something within a moment become one.

/** A function that does `work` once, `ms` after the first of any number of calls; `cancel` forgets it. */
export function soon(work, ms) {
  let timer
  const call = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      work()
    }, ms)
  }
  call.cancel = () => {
    clearTimeout(timer)
    timer = undefined
  }
  return call
}

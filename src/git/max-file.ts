/** Larger files are in no checkpoint. A file of its own, because the caller before a task starts needs nothing else of git. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024

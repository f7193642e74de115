/** Names of the log folders that Baton makes: ids of runs. */
export const RUN_FOLDER = /^\d{4}-\d\d-\d\d-\d{6}-\w+$/

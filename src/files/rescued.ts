/** How the folders are called that a lost state folder is saved into, beside the place where it stood. */
export const RESCUED = '.baton-rescued-'

/** How the folders are called that a lost state folder is saved into, beside the place where it was. */
export const RESCUED = '.baton-rescued-'

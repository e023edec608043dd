/** The one place where the process's environment is read. */
export const environment: Readonly<Record<string, string | undefined>> = process.env

import { type StoreAddress, storeAddress, toStoreError } from '../src/store/server/connection-errors.ts'

/** The store that a command has opened: by its address the driver's own errors are told as what they mean for it. */
export class StoreTrouble {
  #address: StoreAddress | undefined

  /** @param url with the password, of which nothing is kept */
  opened(url: string): void {
    this.#address = storeAddress(url)
  }

  /** The error as a STORE_ error where it says that the store is gone, full or closed; else as it is. */
  of(error: unknown): unknown {
    return this.#address === undefined ? error : toStoreError(error, this.#address)
  }
}

/** Measured by bench/import.ts on two cores, in bytes of the archive; an estimate for people, not a promise. */
export const ARCHIVE_BYTES_PER_SECOND = 900_000;

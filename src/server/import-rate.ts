/** In bytes of the archive: bench/import.ts takes 36.5 MB in 27 s on two cores, and a larger feed is slower for each record. An estimate for people, not a promise. */
export const ARCHIVE_BYTES_PER_SECOND = 900_000;

import type { Draw } from "../draw.ts";
import type { Guest } from "./house.ts";

/** Who can do what of the guests, by organisation. */
export type People = ReturnType<typeof createPeople>;

export function createPeople(guests: readonly Guest[], { random }: Draw) {
  const isWriter = ({ viewer, role }: Guest): boolean => viewer.floor === 1 && role !== "reader";
  const isAdministrator = (guest: Guest): boolean => isWriter(guest) && guest.role === "administrator";
  const of = (organisation: unknown, which: (guest: Guest) => boolean): readonly Guest[] =>
    guests.filter((guest) => guest.viewer.organisation === organisation && which(guest));
  return {
    writers: (organisation: unknown) => of(organisation, isWriter),
    administrators: (organisation: unknown) => of(organisation, isAdministrator),
    anyWriter: () => random.pick(guests.filter(isWriter)),
    anyAdministrator: () => random.pick(guests.filter(isAdministrator)),
  };
}

import { lazy, Suspense } from "react";
import { useSession } from "../shell/session.ts";
import { Skeleton } from "../ui/notice.tsx";
import { FrontDoor } from "./front-door.tsx";

const WorkPage = lazy(async () => ({ default: (await import("./work/work.tsx")).WorkPage }));

/** The front page: the search and the drop zone for strangers, what needs them now for everyone else. */
export function HomePage() {
  const session = useSession();
  if (session === undefined) return <Skeleton rows={6} what="who is signed in" />;
  if (session === null) return <FrontDoor />;
  return (
    <Suspense fallback={<Skeleton rows={6} what="what needs you" />}>
      <WorkPage session={session} />
    </Suspense>
  );
}

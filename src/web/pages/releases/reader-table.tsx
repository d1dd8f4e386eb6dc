import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Section } from "../../ui/section.tsx";
import { readerZone } from "../../words/instant-text.ts";
import { changesAt, momentHeads, readerGroups, type PlanAnswer } from "../../words/release-words.ts";
import "./plan-tables.css";

/** Who would see what, by moment, with the case of a leak as the last column. */
export function ReaderTable({
  preview,
  circles,
  title = "Who would see what, by day",
}: {
  readonly preview: PlanAnswer["preview"];
  readonly circles: PlanAnswer["circles"];
  readonly title?: string;
}) {
  const heads = momentHeads(preview.momentsMs, readerZone());
  return (
    <Section title={title} note="Each level contains the ones below it. A mark at the left of a cell: it changes then.">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a matrix scrolls on a narrow window, and must by the keyboard too (WCAG 2.1.1) */}
      <section className="plan-scroll" aria-label={`${title}: the table`} tabIndex={0}>
        <table className="plan-table plan-readers">
          <thead>
            <tr>
              <th scope="col">Reader</th>
              {heads.map(({ first, second }, index) => (
                <th scope="col" key={preview.momentsMs[index]}>
                  {first}
                  <span className="plan-second">{second}</span>
                </th>
              ))}
              <th scope="col" className="plan-leak">
                If it leaks
                <span className="plan-second">at once</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {readerGroups(preview, circles).map(({ id, name, note, levels, ifEnded }) => (
              <tr key={id}>
                <th scope="row">
                  {name}
                  {note === "" ? null : <span className="plan-second">{note}</span>}
                </th>
                {levels.map((level, index) => (
                  <td key={preview.momentsMs[index]} className={changesAt(levels, index) ? "plan-changes" : ""}>
                    <LevelGauge level={level ?? "nothing"} />
                  </td>
                ))}
                <td className={`plan-leak${ifEnded === (levels[0] ?? null) ? "" : " plan-changes"}`}>
                  <LevelGauge level={ifEnded ?? "nothing"} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}

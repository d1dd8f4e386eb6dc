type Disagreement = { readonly about: string };
type NamedPackage = { readonly ecosystem: string; readonly name: string };

/** What sources disagree on, as a reader of one package's section needs it: its own points by name, those of other packages counted. */
export function disputedPoints(disagreements: readonly Disagreement[], chosen: NamedPackage): readonly string[] {
  const own = ` of ${chosen.ecosystem} ${chosen.name}`;
  const points: string[] = [];
  let elsewhere = 0;
  for (const { about } of disagreements) {
    if (about.endsWith(own)) points.push(about.slice(0, -own.length));
    else if (/^(?:affected versions|fixed version) of /.test(about)) elsewhere++;
    else points.push(about);
  }
  if (elsewhere > 0) points.push(elsewhere === 1 ? "one point about another package" : `${elsewhere} points about other packages`);
  return points;
}

/** True when the sources disagree on a fact of the side-by-side table, of this package or of none. */
export function isDisputed(disagreements: readonly Disagreement[], chosen: NamedPackage | undefined, point: RegExp): boolean {
  const own = chosen === undefined ? "" : ` of ${chosen.ecosystem} ${chosen.name}`;
  return disagreements.some(({ about }) => point.test(about) && (!about.includes(" of ") || about.endsWith(own)));
}

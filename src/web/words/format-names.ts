/** File names of a format that its title does not say already; what is behind `!` is not taken and not shown. */
export function namesToShow(title: string, fileNames: readonly string[]): readonly string[] {
  const said = title.toLowerCase();
  return fileNames.filter((name) => !name.startsWith("!") && !said.includes(name.replaceAll("*", "")));
}

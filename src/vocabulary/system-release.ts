/** Whose packages a system has installed. A list of installed packages does not say; its os-release file or a person does. */
export type SystemRelease = {
  /** The package format, as a purl's type: `deb`, `apk`. */
  readonly packageType: string;
  /** A purl's namespace: `debian`. */
  readonly vendor: string;
  /** As the system or OSV spells it (`12`, `22.04:LTS`, `3.18.4`); undefined = the distribution has none. */
  readonly release: string | undefined;
};

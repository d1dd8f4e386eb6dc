/** A lockfile that is known by its name and not read: whose it is, and what to do instead. */
export type UnreadLockfile = { readonly found: string; readonly instead: string };

/** Undefined for a name of none of them. */
export function unreadLockfile(path: string): UnreadLockfile | undefined {
  return LOCKFILES.get(path.toLowerCase().split(/[\\/]/).at(-1) ?? "");
}

const INSTEAD = "Let an SBOM generator write CycloneDX or SPDX of the project, and scan that";

const LOCKFILES: ReadonlyMap<string, UnreadLockfile> = new Map(
  (
    [
      ["bun.lockb", "bun's binary lockfile", "bun install --save-text-lockfile writes bun.lock, which is read"],
      ["cabal.project.freeze", "Cabal's freeze file"],
      ["cartfile.resolved", "Carthage's lockfile"],
      ["conan.lock", "Conan's lockfile"],
      ["conda-lock.yml", "conda-lock's lockfile"],
      ["deno.lock", "Deno's lockfile"],
      ["mix.lock", "Mix's lockfile"],
      ["package.resolved", "Swift's lockfile"],
      ["packages.config", "NuGet's packages.config"],
      ["paket.lock", "Paket's lockfile"],
      ["pdm.lock", "PDM's lockfile", "pdm export -o requirements.txt writes a document that is read"],
      ["pixi.lock", "pixi's lockfile"],
      ["podfile.lock", "CocoaPods' lockfile"],
      ["pubspec.lock", "Dart's lockfile"],
      ["rebar.lock", "Rebar's lockfile"],
      ["renv.lock", "renv's lockfile"],
      ["shard.lock", "Crystal's lockfile"],
      ["stack.yaml.lock", "Stack's lockfile"],
    ] as const
  ).map(([name, found, instead = INSTEAD]): [string, UnreadLockfile] => [name, { found, instead }]),
);

import { FileDown } from "lucide-react";
import { DropZone, FileTrigger, Text, type DropItem } from "react-aria-components";
import { useNavigate } from "react-router";
import { Button } from "../ui/button.tsx";
import { ReadableFormats } from "./readable-formats.tsx";
import { useScanDesk } from "./scan-desk.tsx";
import "./drop-document.css";

/** Where a lockfile or SBOM is dropped or chosen; the plan opens on its own page. */
export function DropDocument({ level = 2 }: { readonly level?: 2 | 3 }) {
  const { scanFile, scanExample } = useScanDesk();
  const navigate = useNavigate();
  const take = (file: File) => {
    void scanFile(file);
    void navigate("/scan");
  };
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <DropZone
      className="drop-document"
      aria-label="Drop an SBOM or lockfile here"
      getDropOperation={() => "copy"}
      onDrop={({ items }) => void firstFile(items).then((file) => (file === undefined ? undefined : take(file)))}
    >
      <div className="drop-document-main">
        <FileDown className="drop-document-icon" size={26} strokeWidth={1.75} aria-hidden="true" />
        <Heading className="drop-document-title">
          <Text slot="label">Drop an SBOM or lockfile here</Text>
        </Heading>
        <p className="second">You get a short list: upgrade these, in this order, because. The file is read, answered and forgotten.</p>
        <div className="drop-document-buttons">
          <FileTrigger onSelect={(files) => (files?.[0] === undefined ? undefined : take(files[0]))}>
            <Button>Choose a file</Button>
          </FileTrigger>
          <Button
            look="quiet"
            onPress={() => {
              void scanExample();
              void navigate("/scan");
            }}
          >
            Use the example
          </Button>
        </div>
      </div>
      <ReadableFormats />
    </DropZone>
  );
}

async function firstFile(items: readonly DropItem[]): Promise<File | undefined> {
  for (const item of items) if (item.kind === "file") return item.getFile();
  return undefined;
}

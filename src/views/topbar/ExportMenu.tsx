/** The report of the run on screen, as Markdown or JSON, saved as a file; nothing is uploaded. */
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { useActions, useLab } from '../hooks.ts';

const FORMATS = [
  { id: 'markdown', name: 'Report, Markdown', extension: 'md', type: 'text/markdown' },
  { id: 'json', name: 'Report, JSON', extension: 'json', type: 'application/json' },
] as const;

/** Hands a text to the browser as a download. */
function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export function ExportMenu() {
  const { report, say } = useActions();
  const result = useLab((s) => s.result);
  const write = async (format: (typeof FORMATS)[number]): Promise<void> => {
    if (result === null) return;
    const name = `weft-${result.plan.kernel}-${result.traceHash.slice(0, 8)}.${format.extension}`;
    save(name, format.type, await report(result, format.id));
    say(`${name} was saved.`);
  };
  return (
    <DialogTrigger>
      <Button className="btn" isDisabled={result === null}>
        Export
      </Button>
      <Popover className="pop menu" placement="bottom end">
        <Dialog aria-label="Export">
          {({ close }) =>
            FORMATS.map((format) => (
              <Button key={format.id} className="btn" onPress={() => void write(format).then(close)}>
                {format.name}
              </Button>
            ))
          }
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** Tabs by the ARIA pattern: one stop of the Tab key, where arrows, Home and End choose; only the chosen panel is there. */
import { type ComponentType, type HTMLAttributes, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';

const MOVES: Readonly<Record<string, (at: number, tabs: number) => number>> = {
  ArrowRight: (at, tabs) => (at + 1) % tabs,
  ArrowLeft: (at, tabs) => (at + tabs - 1) % tabs,
  Home: () => 0,
  End: (_, tabs) => tabs - 1,
};

/** What the Tab key stops at. */
const STOPS = 'a[href], button, input, select, summary, [tabindex="0"]';

interface TabListProps<T extends string> {
  /** Joins the list and its panel; one of its kind in the document. */
  readonly id: string;
  readonly label: string;
  readonly className?: string;
  readonly tabs: ReadonlyArray<{ readonly id: T; readonly name: string; readonly Icon?: ComponentType }>;
  readonly chosen: T;
  readonly onChoose: (id: T) => void;
}

export function TabList<T extends string>({ id, label, className = 'tabs', tabs, chosen, onChoose }: TabListProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const at = tabs.findIndex((tab) => tab.id === chosen);
  // Where the tabs scroll sideways, the chosen one is in view.
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const next = move(at, tabs.length);
    onChoose(tabs[next].id);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className={className} role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
      {tabs.map(({ id: tab, name, Icon }, i) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`${id}-${tab}`}
          aria-selected={i === at}
          aria-controls={i === at ? `${id}-panel` : undefined}
          data-selected={i === at || undefined}
          tabIndex={i === at ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {Icon && <Icon />}
          {name}
        </button>
      ))}
    </div>
  );
}

/** The panel of the chosen tab of a list. The Tab key stops at the panel itself where it would find nothing inside. */
export function TabPanel({ list, tab, ...rest }: { list: string; tab: string } & HTMLAttributes<HTMLDivElement>) {
  const ref = useRef<HTMLDivElement>(null);
  const [isStop, setStop] = useState(false);
  useLayoutEffect(() => setStop(ref.current?.querySelector(STOPS) === null));
  return <div {...rest} key={tab} ref={ref} role="tabpanel" id={`${list}-panel`} aria-labelledby={`${list}-${tab}`} tabIndex={isStop ? 0 : undefined} />;
}

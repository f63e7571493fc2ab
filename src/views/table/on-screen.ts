/** The numbers of the chart on screen in the dock, for whoever saves them. */
import { useEffect } from 'react';
import type { ChartData } from './chart-data.ts';

let offered: (() => readonly ChartData[]) | null = null;

/** The tables of the chart on screen; none while there is no chart. */
export const chartData = (): readonly ChartData[] => offered?.() ?? [];

/** Offers a chart's tables as long as it is on screen. They are made when they are asked for. */
export function useOffered(make: () => readonly ChartData[]): void {
  useEffect(() => {
    offered = make;
    return () => {
      if (offered === make) offered = null;
    };
  }, [make]);
}

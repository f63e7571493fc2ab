/** The page: theme, routes, help. */
import { lazy, Suspense, useEffect } from 'react';
import { Router, useLocation } from 'wouter';
import { baseOf, type Route, routeOf } from '../../store/routes.ts';
import { ActionsContext, useLab, useMedia } from '../hooks.ts';
import { ExportNotice } from '../topbar/ExportNotice.tsx';
import { HelpDialog } from '../topbar/HelpDialog.tsx';
import { CopyByHand } from './CopyByHand.tsx';
import type { Page } from './start.ts';
import { UpdateNotice } from './UpdateNotice.tsx';

const ComparePage = lazy(() => import('../compare/ComparePage.tsx'));
const GalleryPage = lazy(() => import('../gallery/GalleryPage.tsx'));
const LearnPage = lazy(() => import('../learn/LearnPage.tsx'));
const LabPage = lazy(() => import('./LabPage.tsx'));
const PlainPage = lazy(() => import('../plain/PlainPage.tsx'));
const SweepPage = lazy(() => import('../sweep/SweepPage.tsx'));
const ModelPage = lazy(() => import('../model/ModelPage.tsx'));

/** Puts the theme on the document, where tokens.css reads it. */
function useTheme(): void {
  const chosen = useLab((s) => s.theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const theme = chosen === 'system' ? (dark ? 'dark' : 'light') : chosen;
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}

function Shown({ route, page }: { route: Route | null; page: Page }) {
  if (route === null) return <GalleryPage enter={page.enterGallery} />;
  if (route === 'learn') return <LearnPage actions={page.lessonActions} />;
  if (route === 'plain') return <PlainPage enter={page.enterLab} />;
  if (route === 'sweep') return <SweepPage actions={page.sweepActions} />;
  if (route === 'compare') return <ComparePage actions={page.compareActions} enter={page.enterCompare} />;
  return route === 'model' ? <ModelPage actions={page.wholeActions} /> : <LabPage enter={page.enterLab} embed={page.embed} />;
}

/** A page ends with its route, not when the script of the next has come: it would write its own link to the address of the next. */
function Routes({ page }: { page: Page }) {
  const [path] = useLocation();
  const route = routeOf(path);
  return (
    <Suspense key={route} fallback={null}>
      <Shown route={route} page={page} />
    </Suspense>
  );
}

export function App({ page }: { page: Page }) {
  useTheme();
  return (
    <ActionsContext value={page.actions}>
      <Router base={baseOf(location.pathname)}>
        <Routes page={page} />
        <HelpDialog />
        <CopyByHand />
        <UpdateNotice />
        <ExportNotice />
      </Router>
    </ActionsContext>
  );
}

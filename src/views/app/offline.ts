/** Registers the build's service worker (workers/offline.js), so that the page works without a network, and tells when a newer one waits. */
import { createStore } from 'zustand/vanilla';

/** Gives the place to a newer build; null while there is none. */
export const update = createStore<{ readonly take: (() => void) | null }>(() => ({ take: null }));

/** After this pause the page has other things done; files are kept then. */
const PATIENCE_MS = 2000;

/** A browser in which workers are blocked may answer with nothing. */
function follow(registration: ServiceWorkerRegistration | undefined): void {
  if (!registration) return;
  const offer = (): void => {
    const { waiting } = registration;
    // The first worker of all replaces nothing.
    if (waiting === null || navigator.serviceWorker.controller === null) return;
    const take = (): void => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage('take-over');
    };
    update.setState({ take });
  };
  offer();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', offer));
}

/** `base` is where the page lies, without a slash at the end. A browser that refuses keeps the page as it is: with a network. */
export function keepOffline(base: string): void {
  if (!('serviceWorker' in navigator) || !isSecureContext || import.meta.env.DEV) return;
  const register = (): void => {
    navigator.serviceWorker.register(`${base}/sw.js`).then(follow, () => {});
  };
  addEventListener('load', () => setTimeout(register, PATIENCE_MS), { once: true });
  if (document.readyState === 'complete') setTimeout(register, PATIENCE_MS);
}
